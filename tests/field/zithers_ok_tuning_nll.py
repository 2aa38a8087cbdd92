"""How far does a zither string drift from its pitch after a day in the workshop?

Predicts mean and spread of the drift (in semitones) from string data, so that
the workshop can decide which instruments need a second tuning.
"""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(31)
rng = np.random.default_rng(31)

N = 2400


def make_strings(n):
    length = rng.uniform(28.0, 52.0, n)          # cm
    gauge = rng.uniform(0.18, 1.1, n)            # mm
    humidity = rng.normal(48.0, 9.0, n)
    temp_change = rng.normal(0.0, 3.0, n)
    wound = (gauge > 0.55).astype("float64")
    age = rng.exponential(9.0, n)                # months

    drift = (
        -0.012 * temp_change * (1.0 + 0.5 * wound)
        + 0.04 * np.tanh((humidity - 50.0) / 10.0)
        - 0.03 * np.exp(-age / 4.0)
    )
    drift = drift + rng.normal(0.0, 0.008 + 0.006 * wound, n)
    slipped = rng.choice(n, 10, replace=False)   # pegs that gave way
    drift[slipped] -= 0.15
    x = np.column_stack([length, gauge, humidity, temp_change, wound, age])
    return x, drift


class WarmupThenDecay(keras.optimizers.schedules.LearningRateSchedule):
    def __init__(self, scale, warmup):
        self.scale = scale
        self.warmup = warmup

    def __call__(self, step):
        step = tf.cast(step, tf.float32)
        falling = tf.math.rsqrt(step)
        rising = step * self.warmup ** -1.5
        return self.scale * tf.minimum(falling, rising)

    def get_config(self):
        return {"scale": self.scale, "warmup": self.warmup}


def normal_nll(y_true, y_pred):
    mu = y_pred[:, :1]
    sigma = tf.nn.softplus(y_pred[:, 1:]) + 1e-3
    z = (y_true - mu) / sigma
    return tf.reduce_mean(tf.math.log(sigma) + 0.5 * tf.square(z) + 0.9189385, axis=-1)


x, drift = make_strings(N)
x = (x - x.mean(axis=0)) / x.std(axis=0)
x = x.astype("float32")
y = drift.astype("float32")[:, None]
cut = int(0.85 * N)

inputs = keras.Input((x.shape[1],))
h = layers.Dense(48, activation="swish")(inputs)
h = layers.Dense(48, activation="swish")(h)
outputs = layers.Dense(2)(h)
model = keras.Model(inputs, outputs)

model.compile(
    optimizer=keras.optimizers.Adam(
        WarmupThenDecay(scale=0.05, warmup=200.0), global_clipnorm=1.0
    ),
    loss=normal_nll,
)
hist = model.fit(  # whynan: healthy
    x[:cut], y[:cut],
    validation_data=(x[cut:], y[cut:]),
    batch_size=32,
    epochs=15,
    verbose=2,
)

pred = model.predict(x[cut:], verbose=0)
spread = np.log1p(np.exp(pred[:, 1])) + 1e-3
inside = np.abs(y[cut:, 0] - pred[:, 0]) < 1.96 * spread
print("final nll", round(hist.history["loss"][-1], 3))
print("coverage of the 95 % band", round(float(inside.mean()), 3))
print("strings to check again:", int((spread > 0.02).sum()))
