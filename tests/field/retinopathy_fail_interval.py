"""Time to retinopathy in a diabetes clinic, interval-censored Weibull regression.

A patient is known to be free of it at `last_clear` and to have it at `first_seen`
(years since diagnosis). Patients who leave without it get first_seen = END.
"""
import numpy as np
import pandas as pd
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(8)
rng = np.random.default_rng(8)

N = 1500
END = 100.0


def follow_up(onset):
    """Clinic visits every 1.5 to 16 weeks, first one after about a year."""
    t = rng.uniform(0.6, 1.4)
    stop = rng.uniform(6, 16)
    last = t
    while t < stop:
        if t >= onset:
            return last, t
        last = t
        t += rng.uniform(1.5, 16) * 7 / 365.25
    return last, END


frame = pd.DataFrame({
    "hba1c": rng.normal(7.8, 1.2, N),
    "age": rng.normal(52, 12, N),
    "sbp": rng.normal(135, 15, N),
    "bmi": rng.normal(29, 4, N),
})
risk = 0.25 * (frame.hba1c - 7.8) + 0.01 * (frame.sbp - 135)
onset = 1.6 + 7.0 * np.exp(-risk) * rng.weibull(1.4, N)
visits = [follow_up(t) for t in onset]
frame["last_clear"] = [v[0] for v in visits]
frame["first_seen"] = [v[1] for v in visits]
frame = frame.round({"hba1c": 1, "age": 0, "sbp": 0, "bmi": 1, "last_clear": 1, "first_seen": 1})
print(frame.describe().loc[["mean", "min", "max"]].round(2))

cols = ["hba1c", "age", "sbp", "bmi"]
X = ((frame[cols] - frame[cols].mean()) / frame[cols].std()).to_numpy("float32")
Y = frame[["last_clear", "first_seen"]].to_numpy("float32")


def survival(t, params):
    log_scale, log_shape = params[:, 0], params[:, 1]
    cum_hazard = tf.exp(tf.exp(log_shape) * (tf.math.log(t) - log_scale))
    return tf.exp(-cum_hazard)


def interval_nll(y_true, params):
    s_left = survival(y_true[:, 0], params)
    s_right = survival(y_true[:, 1], params)
    return -tf.math.log(s_left - s_right)  # whynan: log_of_zero phase=forward|loss


small = keras.initializers.RandomNormal(stddev=0.05)
model = keras.Sequential([
    layers.Input((4,)),
    layers.Dense(16, activation="tanh"),
    layers.Dense(2, kernel_initializer=small,
                 bias_initializer=lambda shape, dtype=None: tf.constant([2.1, 0.2])),
])
model.compile(optimizer=keras.optimizers.Adam(5e-3), loss=interval_nll)
model.fit(X, Y, batch_size=128, epochs=12, validation_split=0.15, verbose=2)

scale, shape = np.exp(model.predict(X[:5], verbose=0)).T
print("median years to onset:", scale * np.log(2) ** (1 / shape))
