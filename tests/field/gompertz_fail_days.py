import numpy as np
import pandas as pd
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(77)


def registry(n=600):
    rng = np.random.default_rng(4)
    df = pd.DataFrame({
        "age": rng.integers(40, 90, n),
        "stage": rng.integers(1, 5, n),
        "diagnosed": pd.Timestamp("2008-01-01") + pd.to_timedelta(rng.integers(0, 2000, n), unit="D"),
    })
    years = rng.weibull(1.3, n) * 9.0 / df["stage"] + 0.3
    df["last_seen"] = df["diagnosed"] + pd.to_timedelta((years * 365.25).astype(int), unit="D")
    df["died"] = (rng.random(n) < 0.7).astype(int)
    return df


def survival_target(df):
    follow_up = (df["last_seen"] - df["diagnosed"]).dt.days
    return np.c_[follow_up, df["died"]].astype("float32")


def features(df):
    f = df[["age", "stage"]].astype("float32")
    return ((f - f.mean()) / f.std()).to_numpy()


class GompertzNLL(keras.losses.Loss):
    """hazard a * exp(b t)"""

    def log_hazard(self, a, b, t):
        return tf.math.log(a) + b * t

    def cumulative(self, a, b, t):
        return a / b * (tf.exp(b * t) - 1.0)  # whynan: exp_overflow phase=loss also=unscaled_target,unscaled_input

    def call(self, y_true, params):
        t, event = y_true[:, 0], y_true[:, 1]
        a, b = params[:, 0], params[:, 1]
        return self.cumulative(a, b, t) - event * self.log_hazard(a, b, t)


df = registry()
inp = keras.Input((2,))
h = layers.Dense(16, activation="elu")(inp)
par = layers.Dense(2, activation="softplus")(h)
par = layers.Lambda(lambda p: p + 1e-4)(par)
model = keras.Model(inp, par)
model.compile(optimizer=keras.optimizers.Adam(1e-3), loss=GompertzNLL())
model.fit(features(df), survival_target(df), batch_size=50, epochs=10, verbose=2)
