"""Strawberry yield per bed with an error bar. The negative log likelihood falls and falls (I was happy), until it says
-inf and the next line nan. The errors are clipped, so an outlier cannot be it."""
import numpy as np
import tensorflow as tf
import keras
from keras import layers


class GaussianNLL(keras.losses.Loss):
    """-log N(y | mean, sigma), prediction = [mean, sigma] side by side."""

    def __init__(self, clip=8.0, name="gaussian_nll"):
        super().__init__(name=name)
        self.clip = clip

    def call(self, y_true, y_pred):
        mean, sigma = y_pred[:, :1], y_pred[:, 1:]
        error = tf.clip_by_value(y_true - mean, -self.clip, self.clip)
        return 0.9189 + tf.math.log(sigma) + error ** 2 / 2 * sigma ** 2  # whynan: log_of_zero phase=loss|forward|gradient also=unconstrained_scale,exp_underflow


def beds(n=768, seed=5):
    rng = np.random.default_rng(seed)
    sun = rng.gamma(9.0, 0.8, n)                # hours a day
    water = rng.normal(4.2, 0.9, n)             # l / m2
    nitrogen = rng.uniform(20, 90, n)           # kg / ha
    age = rng.integers(1, 4, n)                 # years of the plants
    spread = 0.15 + 0.12 * (age == 3)
    yield_kg = 1.1 + 0.16 * sun + 0.18 * water - 0.03 * (water - 4.5) ** 2 + 0.006 * nitrogen - 0.25 * (age == 3)
    yield_kg = yield_kg + spread * rng.normal(size=n)
    return np.stack([sun, water, nitrogen, age], axis=1), yield_kg


def build(n_features):
    inputs = keras.Input((n_features,), name="bed")
    h = layers.Dense(32, activation="relu")(inputs)
    h = layers.Dense(32, activation="relu")(h)
    mean = layers.Dense(1, name="mean")(h)
    sigma = layers.Dense(1, activation="softplus", name="sigma")(h)
    return keras.Model(inputs, layers.Concatenate()([mean, sigma]))


def main():
    keras.utils.set_random_seed(5)
    x, y = beds()
    x = ((x - x.mean(axis=0)) / x.std(axis=0)).astype("float32")
    y = ((y - y.mean()) / y.std()).astype("float32")[:, None]

    model = build(x.shape[1])
    model.compile(optimizer=keras.optimizers.Adam(1e-2), loss=GaussianNLL())
    for round_ in range(8):
        history = model.fit(x, y, batch_size=32, epochs=6, verbose=0)
        sigma = model.predict(x, verbose=0)[:, 1]
        print(f"round {round_}: nll {history.history['loss'][-1]:.3f}, typical error bar {np.median(sigma):.2e}")


main()
