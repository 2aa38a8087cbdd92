"""Counts of wading birds on a mudflat: a mixture of a quiet and a busy Poisson, both depending on tide and weather.

I look the log-factorials up in a table, which is much faster than lgamma. The loss is fine for most batches and is
then nan for good, in the first epoch already. All counts and all covariates are clean, I checked them with isnan.
"""
import keras
import numpy as np
import pandas as pd
import tensorflow as tf

keras.utils.set_random_seed(77)

MAX_COUNT = 40
COUNTS = np.arange(MAX_COUNT + 1)
LOG_FACTORIAL = np.log(np.cumprod(np.maximum(COUNTS, 1)))  # whynan: int_overflow phase=data|loss also=log_of_negative
TABLE = tf.constant(LOG_FACTORIAL, tf.float32)


def load_surveys(n=800):
    rng = np.random.default_rng(77)
    surveys = pd.DataFrame({
        "tide_m": rng.uniform(0.2, 4.8, n),
        "wind_ms": rng.gamma(2.0, 2.5, n),
        "minutes_from_sunrise": rng.uniform(-60, 700, n),
        "month": rng.integers(1, 13, n),
    })
    busy = rng.random(n) < 1.0 / (1.0 + np.exp(surveys["tide_m"] - 2.4))
    rate = np.where(busy, 6.5, 1.2) * np.exp(-0.03 * surveys["wind_ms"])
    surveys["birds"] = np.minimum(rng.poisson(rate), 17)
    # three roosts that were counted from photographs
    surveys.loc[[137, 402, 611], "birds"] = [21, 24, 22]
    return surveys


def covariates(surveys):
    phase = 2 * np.pi * surveys["month"] / 12.0
    x = np.column_stack([
        (surveys["tide_m"] - 2.5) / 1.4,
        (surveys["wind_ms"] - 5.0) / 3.5,
        (surveys["minutes_from_sunrise"] - 320.0) / 220.0,
        np.sin(phase),
        np.cos(phase),
    ])
    return x.astype("float32")


def log_poisson(count, rate):
    index = tf.cast(count, tf.int32)
    return count * tf.math.log(rate) - rate - tf.gather(TABLE, index)


def two_poissons(y_true, y_pred):
    count = y_true[:, 0]
    quiet = tf.nn.softplus(y_pred[:, 0]) + 0.05
    busy = quiet + tf.nn.softplus(y_pred[:, 1]) + 0.05
    share = y_pred[:, 2]
    parts = tf.stack([
        tf.math.log_sigmoid(share) + log_poisson(count, busy),
        tf.math.log_sigmoid(-share) + log_poisson(count, quiet),
    ], axis=-1)
    return -tf.reduce_logsumexp(parts, axis=-1)


surveys = load_surveys()
x = covariates(surveys)
y = surveys[["birds"]].to_numpy("float32")
assert not np.isnan(x).any() and not np.isnan(y).any() and y.max() <= MAX_COUNT

model = keras.Sequential([
    keras.Input((x.shape[1],)),
    keras.layers.Dense(32, activation="tanh"),
    keras.layers.Dense(16, activation="tanh"),
    keras.layers.Dense(3),
])
model.compile(optimizer=keras.optimizers.Adam(3e-3), loss=two_poissons)
history = model.fit(x, y, batch_size=16, epochs=3, validation_split=0.2, verbose=0)
print(pd.DataFrame(history.history))
