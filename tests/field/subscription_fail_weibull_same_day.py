"""Time to cancellation of subscribers: Weibull likelihood with right censoring."""
import numpy as np
import pandas as pd
import keras
from keras import ops

keras.utils.set_random_seed(44)


class WeibullNLL(keras.losses.Loss):
    """y_true = [months until cancellation or today, cancelled?], y_pred = [scale, shape]"""

    def call(self, y_true, y_pred):
        months, cancelled = y_true[:, 0], y_true[:, 1]
        scale, shape = y_pred[:, 0], y_pred[:, 1]
        return -(cancelled * self.log_hazard(months, scale, shape)
                 - self.cumulative_hazard(months, scale, shape))

    def log_hazard(self, t, scale, shape):
        return (ops.log(shape) - ops.log(scale)
                + (shape - 1.0)
                * (ops.log(t) - ops.log(scale)))  # whynan: label_on_boundary phase=loss rows=5,77,130 also=log_of_zero,label_out_of_range

    def cumulative_hazard(self, t, scale, shape):
        return ops.power(t / scale, shape)


def load_subscribers():
    rng = np.random.default_rng(44)
    n = 200
    start = pd.Timestamp("2023-01-01") + pd.to_timedelta(rng.integers(0, 300, n), unit="D")
    stay = rng.integers(3, 400, n)
    stay[[5, 77, 130]] = 0  # signed up and cancelled on the same day
    df = pd.DataFrame({"start": start, "end": start + pd.to_timedelta(stay, unit="D"),
                       "age": rng.normal(40, 12, n), "price": rng.choice([5.0, 9.0, 15.0], n)})
    df["cancelled"] = (rng.random(n) < 0.7).astype("float32")
    df.loc[[5, 77, 130], "cancelled"] = 1.0
    return df


def to_arrays(df):
    months = (df["end"] - df["start"]).dt.days / 30.4
    features = (df[["age", "price"]] - df[["age", "price"]].mean()) / df[["age", "price"]].std()
    target = np.stack([months, df["cancelled"]], axis=1)
    return features.to_numpy("float32"), target.astype("float32")


X, Y = to_arrays(load_subscribers())
inp = keras.Input((2,))
h = keras.layers.Dense(16, activation="tanh")(inp)
params = keras.layers.Dense(2, activation="softplus")(h)
params = keras.layers.Rescaling(1.0, offset=1e-3)(params)
model = keras.Model(inp, params)
model.compile("adam", loss=WeibullNLL())
model.fit(X, Y, batch_size=25, epochs=4, verbose=2)
