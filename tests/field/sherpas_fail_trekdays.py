"""Predict the total walking hours of a trek from its day log.

Treks last 3 to 14 days; the log is padded to 14 and pooled with a small attention head.
Half precision, because the real table has some millions of rows.
"""
import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(64)
keras.mixed_precision.set_global_policy("mixed_float16")

MAX_DAYS = 14
PAD_PENALTY = 1e5


def treks(n, seed):
    rng = np.random.default_rng(seed)
    days = rng.integers(3, MAX_DAYS + 1, n)
    pad = (np.arange(MAX_DAYS)[None, :] >= days[:, None]).astype("float32")
    km = rng.normal(11, 3, (n, MAX_DAYS)).clip(2)
    up = rng.gamma(3, 220, (n, MAX_DAYS))
    down = rng.gamma(3, 180, (n, MAX_DAYS))
    load = rng.normal(24, 4, (n, 1)).repeat(MAX_DAYS, axis=1)
    top = 2800 + np.cumsum(up - down, axis=1) * 0.5
    hours = km / 3.6 + up / 400 + 0.02 * (load - 24) + rng.normal(0, 0.3, (n, MAX_DAYS))
    total = (hours * (1 - pad)).sum(axis=1)
    log = np.stack([km / 10, up / 600, down / 600, load / 25, top / 3000], axis=-1)
    log = log * (1 - pad)[..., None]
    return log.astype("float32"), pad, (total / 50).astype("float32")


class DayPooling(layers.Layer):
    def __init__(self, units, **kw):
        super().__init__(**kw)
        self.proj = layers.Dense(units, activation="tanh")
        self.score = layers.Dense(1)

    def call(self, log, pad):
        h = self.proj(log)
        score = tf.squeeze(self.score(h), axis=-1)
        score = score - tf.cast(pad, score.dtype) * tf.cast(PAD_PENALTY, score.dtype)  # whynan: float16_constant_overflow phase=forward
        w = tf.nn.softmax(score, axis=-1)
        return tf.reduce_sum(h * w[..., tf.newaxis], axis=1)


log_in = keras.Input((MAX_DAYS, 5), name="log")
pad_in = keras.Input((MAX_DAYS,), name="pad")
pooled = DayPooling(24, name="pool")(log_in, pad_in)
n_days = layers.Lambda(lambda p: (MAX_DAYS - tf.reduce_sum(p, axis=1, keepdims=True)) / MAX_DAYS)(pad_in)
both = layers.Concatenate()([pooled, n_days])
both = layers.Dense(16, activation="tanh")(both)
out = layers.Dense(1, dtype="float32")(both)
model = keras.Model([log_in, pad_in], out)

log, pad, total = treks(1280, seed=64)
model.compile(optimizer=keras.optimizers.Adam(2e-3), loss="mse", metrics=["mae"])
model.fit([log[:1024], pad[:1024]], total[:1024], validation_data=([log[1024:], pad[1024:]], total[1024:]),
          batch_size=64, epochs=4, verbose=2)
mae = model.evaluate([log[1024:], pad[1024:]], total[1024:], verbose=0)[1]
print("hours off on average:", 50 * mae)
