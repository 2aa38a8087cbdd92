"""Bayesian softmax regression on the scanned digits, to see which weights could be pruned.

Training itself is fine, I think. But the signal-to-noise figure that my callback adds to the history is -inf in every
epoch. Is something broken inside of the model?
"""
# whynan: side_nonfinite
import numpy as np
import keras
from keras import layers, ops
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(3)

CONFIG = {"prior_std": 0.5, "rate": 2e-2, "batch": 64, "epochs": 8}


class BayesianLinear(layers.Layer):
    """Factorised Gaussian posterior over the kernel, one draw of the weights per batch."""

    def __init__(self, units, prior_std, examples, seed=17, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.prior_var = prior_std**2
        self.examples = examples
        self.seed_generator = keras.random.SeedGenerator(seed)

    def build(self, input_shape):
        shape = (input_shape[-1], self.units)
        self.mu = self.add_weight(name="mu", shape=shape, initializer="zeros")
        self.rho = self.add_weight(name="rho", shape=shape, initializer=keras.initializers.Constant(-3.0))
        self.bias = self.add_weight(name="bias", shape=(self.units,), initializer="zeros")

    @property
    def sigma(self):
        return ops.softplus(self.rho)

    def complexity(self):
        variance = ops.square(self.sigma)
        terms = (variance + ops.square(self.mu)) / self.prior_var - 1.0 - ops.log(variance / self.prior_var)
        return 0.5 * ops.sum(terms) / self.examples

    def call(self, x, training=None):
        self.add_loss(self.complexity())
        kernel = ops.convert_to_tensor(self.mu)
        if training:
            kernel = kernel + self.sigma * keras.random.normal(self.mu.shape, seed=self.seed_generator)
        return ops.matmul(x, kernel) + self.bias


class SignalToNoise(keras.callbacks.Callback):
    """Mean of 20 log10(|mu| / sigma) over all weights, in decibels."""

    def on_epoch_end(self, epoch, logs=None):
        layer = self.model.get_layer("digits")
        mu = layer.mu.numpy()
        sigma = ops.convert_to_numpy(layer.sigma)
        decibel = 20.0 * np.log10(np.abs(mu) / sigma)
        if logs is not None:
            logs["snr_db"] = float(np.mean(decibel))
            logs["share_below_0db"] = float(np.mean(decibel < 0.0))


def main(cfg):
    images, labels = load_digits(return_X_y=True)
    images = (images / 16.0).astype("float32")
    x_train, x_test, y_train, y_test = train_test_split(images, labels, test_size=0.2, random_state=3, stratify=labels)

    inputs = keras.Input((images.shape[1],))
    logits = BayesianLinear(10, cfg["prior_std"], examples=len(x_train), name="digits")(inputs)
    model = keras.Model(inputs, logits)
    model.compile(
        optimizer=keras.optimizers.Adam(cfg["rate"]),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    history = model.fit(x_train, y_train, validation_data=(x_test, y_test), batch_size=cfg["batch"],
                        epochs=cfg["epochs"], callbacks=[SignalToNoise()], verbose=2)
    print("test accuracy", history.history["val_accuracy"][-1], " snr", history.history["snr_db"][-1])


if __name__ == "__main__":
    main(CONFIG)
