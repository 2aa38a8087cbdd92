"""Laying performance of quail pens from four husbandry variables.

The hidden layer is wide on purpose, so the features get a small penalty on
their pairwise correlation (Cogswell et al. 2016, but on correlations).
"""
import numpy as np
import keras
from keras import layers, ops
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import MinMaxScaler

keras.utils.set_random_seed(2024)
rng = np.random.default_rng(2024)

UNITS = 128


def simulate_pens(n=1600):
    area = rng.gamma(6.0, 0.4, n)                   # m2 per pen
    birds = rng.integers(8, 40, n)                  # birds per pen
    light = rng.normal(15.0, 1.2, n).clip(10, 18)   # hours per day
    protein = rng.normal(20.0, 1.5, n)              # percent of feed
    density = birds / area
    rate = 0.82 - 0.006 * density - 0.02 * (16 - light) ** 2 / 4 + 0.01 * (protein - 20)
    rate = rate + rng.normal(0, 0.04, n)
    X = np.column_stack([area, birds, light, protein]).astype("float32")
    return X, rate.clip(0.0, 1.0).astype("float32")


class Decorrelate(layers.Layer):
    """Identity on its input; adds the mean squared off-diagonal correlation."""

    def __init__(self, strength=0.05, **kwargs):
        super().__init__(**kwargs)
        self.strength = strength

    def call(self, h):
        n = ops.cast(ops.shape(h)[0], h.dtype)
        centred = h - ops.mean(h, axis=0, keepdims=True)
        z = centred / ops.std(h, axis=0, keepdims=True)  # whynan: zero_variance_normalisation phase=forward|loss also=divide_by_zero
        corr = ops.matmul(ops.transpose(z), z) / n
        off_diagonal = corr * (1.0 - ops.eye(h.shape[-1]))
        self.add_loss(self.strength * ops.mean(ops.square(off_diagonal)))
        return h


def build():
    inputs = keras.Input((4,), name="husbandry")
    h = layers.Dense(UNITS, activation="relu")(inputs)
    h = Decorrelate(0.05)(h)
    h = layers.Dense(32, activation="relu")(h)
    out = layers.Dense(1, name="laying_rate")(h)
    return keras.Model(inputs, out)


X, y = simulate_pens()
X_tr, X_te, y_tr, y_te = train_test_split(X, y, test_size=0.2, random_state=1)
scaler = MinMaxScaler().fit(X_tr)
X_tr, X_te = scaler.transform(X_tr), scaler.transform(X_te)

model = build()
model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="mse", metrics=["mae"])
model.fit(X_tr, y_tr, validation_data=(X_te, y_te), batch_size=64, epochs=8, verbose=2)

pred = model.predict(X_te, verbose=0)[:, 0]
print("test MAE: %.3f" % np.abs(pred - y_te).mean())
print("baseline: %.3f" % np.abs(y_te - y_tr.mean()).mean())
