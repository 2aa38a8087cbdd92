"""Digits with an optimizer written after the paper on Adam (the variant with the infinity norm, section 7.1).

The paper's algorithm has no epsilon in this variant, so ours has none either.  The loss is nan after one update, with
any learning rate that I tried; the Adamax of the library trains on the same network and data.
"""
import keras
from keras import layers, ops
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split


class InfinityNorm(keras.optimizers.Optimizer):
    def __init__(self, learning_rate=0.002, beta_1=0.9, beta_2=0.999, name="infinity_norm", **kwargs):
        super().__init__(learning_rate=learning_rate, name=name, **kwargs)
        self.beta_1 = beta_1
        self.beta_2 = beta_2

    def build(self, variables):
        if self.built:
            return
        super().build(variables)
        self.first_moments = [self.add_variable_from_reference(v, name="first_moment") for v in variables]
        self.norms = [self.add_variable_from_reference(v, name="norm") for v in variables]

    def update_step(self, gradient, variable, learning_rate):
        rate = ops.cast(learning_rate, variable.dtype)
        step = ops.cast(self.iterations + 1, variable.dtype)
        index = self._get_variable_index(variable)
        m, u = self.first_moments[index], self.norms[index]

        self.assign(m, self.beta_1 * m + (1.0 - self.beta_1) * gradient)
        self.assign(u, ops.maximum(self.beta_2 * u, ops.abs(gradient)))
        corrected = rate / (1.0 - ops.power(ops.cast(self.beta_1, variable.dtype), step))
        self.assign_sub(variable, corrected * m / u)  # whynan: divide_by_zero phase=update


def network(classes=10):
    image = keras.Input((8, 8))
    h = layers.Flatten()(image)
    h = layers.Dense(48, activation="tanh", name="strokes")(h)
    h = layers.Dense(24, activation="tanh", name="shapes")(h)
    return keras.Model(image, layers.Dense(classes, name="digit")(h))


def main():
    keras.utils.set_random_seed(2014)
    digits = load_digits()
    images = (digits.images / 16.0).astype("float32")
    x_train, x_val, y_train, y_val = train_test_split(
        images, digits.target, test_size=0.25, random_state=0, stratify=digits.target
    )
    model = network()
    model.compile(
        optimizer=InfinityNorm(0.002, global_clipnorm=1.0),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    model.fit(x_train, y_train, validation_data=(x_val, y_val), batch_size=64, epochs=4, verbose=2)


if __name__ == "__main__":
    main()
