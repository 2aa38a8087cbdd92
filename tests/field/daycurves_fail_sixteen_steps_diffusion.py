"""Scenario generator for a greenhouse: diffusion model on daily temperature curves (24 hourly values).

With 1000 noise levels it trained without any trouble. The generator has to run on the little controller in the
greenhouse, so I went down to 16 levels, keeping the linear schedule from the paper and rescaling it to the
number of levels, as other implementations do. Now fit prints nan from the first epoch. The curves are clean.
"""
import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(29)

LEVELS = 16
HOURS = 24


def daily_curves(n=1200, seed=8):
    rng = np.random.default_rng(seed)
    hour = np.arange(HOURS)
    day = rng.integers(0, 365, (n, 1))
    season = 11.0 - 9.0 * np.cos(2.0 * np.pi * (day - 20) / 365.0)
    cloud = rng.beta(1.3, 1.3, (n, 1))
    swing = (2.0 + 5.0 * (1.0 - cloud)) * np.sin(2.0 * np.pi * (hour - 9.0) / 24.0)
    front = rng.normal(0.0, 2.0, (n, 1)) / (1.0 + np.exp(-(hour - rng.uniform(4, 20, (n, 1))) / 1.5))
    return (season + swing + front + rng.normal(0.0, 0.25, (n, HOURS))).astype("float32")


class LinearSchedule:
    """beta grows linearly; the total amount of noise does not depend on the number of levels."""

    def __init__(self, levels, first=1e-4, last=0.02, published_levels=1000):
        self.levels = levels
        scale = published_levels / levels
        beta = np.linspace(scale * first, scale * last, levels)
        self.alpha_bar = tf.constant(np.cumprod(1.0 - beta), tf.float32)

    def add_noise(self, clean, level, noise):
        remaining = tf.gather(self.alpha_bar, level)[:, None]
        return tf.sqrt(remaining) * clean + tf.sqrt(1.0 - remaining) * noise  # whynan: sqrt_of_negative phase=data also=nan_in_input

    def as_training_pair(self, clean):
        rows = tf.shape(clean)[0]
        level = tf.random.uniform((rows,), 0, self.levels, dtype=tf.int32)
        noise = tf.random.normal(tf.shape(clean))
        position = tf.cast(level, tf.float32)[:, None] / self.levels
        return {"noisy": self.add_noise(clean, level, noise), "position": position}, noise


class Waves(layers.Layer):
    """Position of the noise level as sines and cosines."""

    def __init__(self, count=6, **kwargs):
        super().__init__(**kwargs)
        self.frequency = (2.0 ** np.arange(count) * np.pi).astype("float32")

    def call(self, position):
        angle = position * self.frequency
        return tf.concat([tf.sin(angle), tf.cos(angle)], axis=-1)


def build_denoiser(width=96):
    noisy = keras.Input((HOURS,), name="noisy")
    position = keras.Input((1,), name="position")
    h = layers.Concatenate()([noisy, Waves()(position)])
    h = layers.Dense(width, activation="silu")(h)
    for _ in range(2):
        inner = layers.Dense(width, activation="silu")(layers.LayerNormalization()(h))
        h = layers.Add()([h, layers.Dense(width)(inner)])
    return keras.Model({"noisy": noisy, "position": position}, layers.Dense(HOURS)(h), name="denoiser")


curves = daily_curves()
assert np.isfinite(curves).all()
centre, spread = curves.mean(), curves.std()
schedule = LinearSchedule(LEVELS)

pairs = (
    tf.data.Dataset.from_tensor_slices((curves - centre) / spread)
    .shuffle(len(curves), seed=2)
    .batch(64)
    .map(schedule.as_training_pair)
    .prefetch(2)
)

denoiser = build_denoiser()
denoiser.compile(optimizer=keras.optimizers.AdamW(1e-3, weight_decay=1e-4), loss="mse")
history = denoiser.fit(pairs, epochs=8, verbose=2)
print("error of the predicted noise, last epoch:", history.history["loss"][-1])
