"""Which of three cultivars a wine comes from, with a Kolmogorov-Arnold style network.

The edges are Chebyshev series, the tanh is there to bring whatever comes in into the domain of the
polynomials. First batch: a normal loss. Second batch: nan. Smaller learning rates do not change it.
"""
import keras
import numpy as np
from keras import layers, ops
from sklearn.datasets import load_wine
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(2)


class ChebyshevEdges(layers.Layer):
    def __init__(self, units, degree=4, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.degree = degree
        self.orders = np.arange(degree + 1, dtype="float32")

    def build(self, input_shape):
        fan_in = input_shape[-1]
        self.coefficients = self.add_weight(
            name="coefficients",
            shape=(fan_in, self.units, self.degree + 1),
            initializer=keras.initializers.RandomNormal(stddev=1.0 / (fan_in * (self.degree + 1))),
        )

    def call(self, inputs):
        angle = ops.arccos(ops.tanh(inputs))  # whynan: acos_grad_at_one phase=gradient also=acos_domain,unscaled_input
        basis = ops.cos(ops.expand_dims(angle, -1) * self.orders)
        return ops.einsum("bik,iok->bo", basis, self.coefficients)

    def compute_output_shape(self, input_shape):
        return (input_shape[0], self.units)


def kan(n_features, n_classes, width=16):
    inputs = keras.Input((n_features,))
    h = layers.Dense(8, name="mix")(inputs)
    h = ChebyshevEdges(width)(h)
    h = layers.LayerNormalization()(h)
    h = ChebyshevEdges(n_classes)(h)
    return keras.Model(inputs, layers.Softmax()(h))


def run():
    bunch = load_wine()
    x_train, x_test, y_train, y_test = train_test_split(
        bunch.data.astype("float32"), bunch.target, test_size=0.25, stratify=bunch.target, random_state=0)
    model = kan(x_train.shape[1], 3)
    model.compile(
        optimizer=keras.optimizers.AdamW(learning_rate=5e-4, weight_decay=1e-4),
        loss=keras.losses.SparseCategoricalCrossentropy(),
        metrics=["accuracy"],
    )
    history = model.fit(x_train, y_train, batch_size=16, epochs=5, verbose=0)
    for epoch, (loss, acc) in enumerate(zip(history.history["loss"], history.history["accuracy"])):
        print(f"epoch {epoch} loss {loss:.4f} accuracy {acc:.3f}")
    print("test accuracy", model.evaluate(x_test, y_test, verbose=0)[1])


if __name__ == "__main__":
    run()
