# Which Tweedie power fits our motor claims best? 1.2, 1.5 and 1.8 all train fine, the last run of the sweep is nan
# from the very first step. power=2 should simply be the Gamma model??
import abc
import functools
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(4)


def unit_deviance(y, mu, power):
    """see e.g. sklearn's docs, mean_tweedie_deviance"""
    saturated = tf.pow(y, 2.0 - power) / ((1.0 - power) * (2.0 - power))  # whynan: divide_by_zero phase=loss
    cross = y * tf.pow(mu, 1.0 - power) / (1.0 - power)
    fitted = tf.pow(mu, 2.0 - power) / (2.0 - power)
    return 2.0 * (saturated - cross + fitted)


def squared(y, mu):
    return tf.square(y - mu)


class Family(abc.ABC):
    """A response distribution: link + deviance."""

    @abc.abstractmethod
    def mean(self, eta):
        ...

    @property
    @abc.abstractmethod
    def deviance(self):
        ...

    def objective(self, y, eta, exposure):
        d = self.deviance(y, self.mean(eta))
        return tf.reduce_sum(exposure * d) / tf.reduce_sum(exposure)


class Gaussian(Family):
    deviance = staticmethod(squared)

    def mean(self, eta):
        return eta


class Tweedie(Family):
    def __init__(self, power):
        self.power = power
        self._deviance = functools.partial(unit_deviance, power=power)

    def mean(self, eta):
        return tf.exp(eta)

    @property
    def deviance(self):
        return self._deviance


class GLMNet:
    def __init__(self, family, features, rate=5e-3):
        self.family = family
        self.net = keras.Sequential([
            keras.Input((features,)),
            keras.layers.Dense(16, activation="tanh"),
            keras.layers.Dense(1),
        ])
        self.optimizer = keras.optimizers.Adam(rate)
        self.step = tf.function(self._step)

    def _step(self, x, y, exposure):
        with tf.GradientTape() as tape:
            loss = self.family.objective(y, self.net(x)[:, 0], exposure)
        variables = self.net.trainable_variables
        self.optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
        return loss

    def fit(self, data, epochs):
        for _ in range(epochs):
            for batch in data:
                loss = self.step(*batch)
        return float(loss)


def portfolio(n=600):
    rng = np.random.default_rng(8)
    x = rng.normal(size=(n, 5)).astype("float32")
    severity = rng.gamma(2.0, 0.6 * np.exp(0.4 * x[:, 0] - 0.2 * x[:, 3]))   # claims only, in thousands
    exposure = rng.uniform(0.3, 1.0, n)
    return x, severity.astype("float32"), exposure.astype("float32")


if __name__ == "__main__":
    data = tf.data.Dataset.from_tensor_slices(portfolio()).shuffle(600, seed=0).batch(50)
    print("gaussian", GLMNet(Gaussian(), 5).fit(data, epochs=2))
    for power in (1.2, 1.5, 1.8, 2.0):
        print("power", power, GLMNet(Tweedie(power), 5).fit(data, epochs=3))
