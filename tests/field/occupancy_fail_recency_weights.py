"""Hotel occupancy: recent days count more, everything older than two years not at all."""
import keras
import numpy as np
import pandas as pd
import tensorflow as tf

keras.utils.set_random_seed(18)


def history(end="2024-12-31", years=4):
    days = pd.date_range(end=end, periods=365 * years, freq="D")
    rng = np.random.default_rng(20)
    season = np.sin(2 * np.pi * days.dayofyear / 365)
    occ = 0.6 + 0.2 * season + 0.08 * (days.dayofweek >= 4) + rng.normal(0, 0.05, len(days))
    return pd.DataFrame({"occ": np.clip(occ, 0, 1)}, index=days)


def calendar_features(df):
    doy = df.index.dayofyear.to_numpy()
    dow = df.index.dayofweek.to_numpy()
    cols = [np.sin(2 * np.pi * doy / 365), np.cos(2 * np.pi * doy / 365)]
    cols += [(dow == k).astype(float) for k in range(7)]
    return np.column_stack(cols).astype("float32")


def recency_weight(df, horizon=730):
    age = (df.index.max() - df.index).days.to_numpy()
    return np.clip(1.0 - age / horizon, 0.0, 1.0).astype("float32")


def weighted_mean(values, weights):
    return tf.reduce_sum(values * weights) / tf.reduce_sum(weights)  # whynan: zero_weight_sum phase=loss also=divide_by_zero


class RecencyModel(keras.Model):
    """Normal functional model, but the loss is a real weighted mean (Keras divides by the batch size)."""

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        target = tf.reshape(tf.cast(y, tf.float32), [-1])
        err = tf.square(target - tf.reshape(y_pred, [-1]))
        if sample_weight is None:
            return tf.reduce_mean(err)
        return weighted_mean(err, tf.reshape(tf.cast(sample_weight, tf.float32), [-1]))


df = history()
X, y, w = calendar_features(df), df["occ"].to_numpy("float32"), recency_weight(df)
print("mean weight", w.mean())

inp = keras.Input((X.shape[1],))
h = keras.layers.Dense(24, activation="swish")(inp)
h = keras.layers.Dense(12, activation="swish")(h)
out = keras.layers.Dense(1, activation="sigmoid")(h)
model = RecencyModel(inp, out)
model.compile(optimizer=keras.optimizers.Adam(3e-3))
# keep the order of time
model.fit(X, y, sample_weight=w, shuffle=False, batch_size=64, epochs=3, verbose=2)
