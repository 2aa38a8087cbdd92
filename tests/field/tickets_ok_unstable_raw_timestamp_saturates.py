# whynan: unstable
# Will a support ticket be reopened? The loss is exactly the same number in every epoch, accuracy too. No NaN anywhere.
# (created_at goes in as unix seconds, so the very first logits are of the order of 1e8, the sigmoid is exactly 0 or 1 and
# the derivative of the clipped cross-entropy is exactly 0)
import datetime as dt

import keras
import numpy as np
import pandas as pd
import tensorflow as tf

keras.utils.set_random_seed(8)


def load_tickets(n=1000):
    rng = np.random.default_rng(8)
    start = dt.datetime(2023, 1, 1, tzinfo=dt.timezone.utc).timestamp()
    df = pd.DataFrame({
        "created_at": start + rng.uniform(0, 365 * 86400, n),
        "n_words": rng.poisson(60, n),
        "priority": rng.integers(1, 5, n),
        "is_weekend": rng.integers(0, 2, n),
    })
    z = 0.03 * (df["n_words"] - 60) + 0.8 * (df["priority"] - 3) + 0.5 * df["is_weekend"] - 0.3
    df["reopened"] = (rng.random(n) < 1 / (1 + np.exp(-z))).astype(int)
    return df


def clipped_bce(y_true, p, eps=1e-7):
    p = tf.clip_by_value(p, eps, 1.0 - eps)
    y_true = tf.cast(y_true, p.dtype)
    return -tf.reduce_mean(y_true * tf.math.log(p) + (1.0 - y_true) * tf.math.log(1.0 - p), axis=-1)


df = load_tickets()
y = df.pop("reopened").to_numpy("float32")[:, None]
x = df.to_numpy("float32")

model = keras.Sequential([
    keras.layers.Input((x.shape[1],)),
    keras.layers.Dense(32, activation="relu"),
    keras.layers.Dense(16, activation="relu"),
    keras.layers.Dense(1, activation="sigmoid"),
])
model.compile(optimizer=keras.optimizers.Adam(1e-3), loss=clipped_bce, metrics=["accuracy"])
model.fit(x, y, batch_size=50, epochs=10, verbose=2)
