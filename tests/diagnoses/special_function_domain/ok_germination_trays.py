"""Germinated seeds out of twenty per tray, beta-binomial, from temperature, moisture, light and age of the seed.

Some trays have no seedling at all and some have all twenty. Loss is negative log likelihood without the constant.
I want to be sure that nothing is wrong with the gamma functions at these trays.
"""
# whynan: healthy
import keras
import numpy as np
import tensorflow as tf
from keras import layers

SEEDS = 20.0


class BetaBinomial(keras.losses.Loss):
    """The network gives logit of the mean and the raw concentration."""

    def __init__(self, trials, floor=1e-3, name="beta_binomial"):
        super().__init__(name=name)
        self.trials = trials
        self.floor = floor

    def call(self, y_true, y_pred):
        sprouted = y_true[:, 0]
        mean = tf.sigmoid(y_pred[:, 0])
        concentration = tf.nn.softplus(y_pred[:, 1]) + 0.1
        a = mean * concentration + self.floor
        b = (1.0 - mean) * concentration + self.floor
        data = tf.math.lgamma(sprouted + a) + tf.math.lgamma(self.trials - sprouted + b)
        data -= tf.math.lgamma(self.trials + a + b)
        prior = tf.math.lgamma(a) + tf.math.lgamma(b) - tf.math.lgamma(a + b)
        return prior - data


def trays(n=500, seed=8):
    rng = np.random.default_rng(seed)
    x = rng.uniform(-1.0, 1.0, (n, 4))
    logit = 2.4 * x[:, 0] + 1.5 * x[:, 1] - 2.0 * x[:, 3] + 0.3
    mean = 1.0 / (1.0 + np.exp(-logit))
    p = rng.beta(6.0 * mean, 6.0 * (1.0 - mean))
    sprouted = rng.binomial(int(SEEDS), p)
    sprouted[:6] = [0, 20, 0, 20, 0, 20]
    return x.astype("float32"), sprouted.astype("float32")[:, None]


def build():
    inputs = keras.Input((4,), name="tray")
    hidden = layers.Dense(16, activation="tanh")(inputs)
    return keras.Model(inputs, layers.Dense(2, name="logit_and_concentration")(hidden))


def main():
    keras.utils.set_random_seed(8)
    x, y = trays()
    print("empty trays:", int((y == 0).sum()), " full trays:", int((y == SEEDS).sum()))
    model = build()
    model.compile(keras.optimizers.Adam(1e-2), loss=BetaBinomial(SEEDS))
    history = model.fit(x, y, batch_size=50, epochs=12, validation_split=0.2, verbose=0)
    for loss, val in zip(history.history["loss"], history.history["val_loss"]):
        print(f"loss {loss:.4f}  val {val:.4f}")


main()
