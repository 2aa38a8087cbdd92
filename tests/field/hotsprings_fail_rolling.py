"""Predict how the basin temperature of the spa changes within the next hour.

All channels are expressed relative to their own last 24 hours, so that the model does
not have to care about the season or about sensor drift.
"""
import numpy as np
import pandas as pd
import tensorflow as tf
import keras

keras.utils.set_random_seed(7)

DAY = 144          # ten minute readings
HORIZON = 6


def load_log():
    n = 60 * DAY
    rng = np.random.default_rng(70)
    idx = pd.date_range("2024-03-01", periods=n, freq="10min")
    hour = np.arange(n) / 6.0
    drift = np.cumsum(rng.normal(0, 0.02, n))
    df = pd.DataFrame(index=idx)
    df["basin"] = 38.2 + 0.8 * np.sin(2 * np.pi * hour / 24) + 0.3 * drift + rng.normal(0, 0.05, n)
    df["well"] = 61.0 + drift + rng.normal(0, 0.2, n)
    df["outside"] = 6 + 5 * np.sin(2 * np.pi * (hour - 9) / 24) + rng.normal(0, 0.6, n)
    df["booster"] = np.abs(3.5 + 1.2 * np.sin(2 * np.pi * hour / 24 + 1) + rng.normal(0, 0.4, n))
    # spring works
    df.loc["2024-04-02 03:00":"2024-04-04 09:00", "booster"] = 0.0
    return df


def make_features(df):
    roll = df.rolling(DAY)
    z = (df - roll.mean()) / roll.std()  # whynan: zero_variance_normalisation phase=data also=divide_by_zero,nan_in_input
    z["hour_sin"] = np.sin(2 * np.pi * df.index.hour / 24)
    z["hour_cos"] = np.cos(2 * np.pi * df.index.hour / 24)
    target = df["basin"].shift(-HORIZON) - df["basin"]
    return z.iloc[DAY:-HORIZON], target.iloc[DAY:-HORIZON]


df = load_log()
features, target = make_features(df)
X = features.to_numpy(dtype="float32")
y = target.to_numpy(dtype="float32")[:, None]
print("samples:", X.shape, "target std:", float(target.std()))

net = keras.Sequential([
    keras.Input((X.shape[1],)),
    keras.layers.Dense(32, activation="tanh"),
    keras.layers.Dense(32, activation="tanh"),
    keras.layers.Dense(1),
])
opt = keras.optimizers.Adam(1e-3)
huber = keras.losses.Huber(delta=0.5)


@tf.function
def step(xb, yb):
    with tf.GradientTape() as tape:
        loss = huber(yb, net(xb, training=True))
    grads = tape.gradient(loss, net.trainable_variables)
    opt.apply_gradients(zip(grads, net.trainable_variables))
    return loss


batch = 64
steps = len(X) // batch
for epoch in range(3):
    order = np.random.permutation(len(X))
    total = 0.0
    for i in range(steps):
        pick = order[i * batch:(i + 1) * batch]
        total += float(step(tf.constant(X[pick]), tf.constant(y[pick])))
    print(f"epoch {epoch}: huber {total / steps:.5f}")

pred = net.predict(X[-500:], verbose=0)
print("mae on the last days", np.mean(np.abs(pred - y[-500:])))
