"""Predict the lysis rate of a bioreactor from qPCR copy numbers of 20 phages.

Plain numpy batches + train_on_batch, because fit() was too opaque for me.
"""
import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(404)
rng = np.random.default_rng(404)

N_PHAGES = 20
DETECTION_LIMIT = 4.0
BATCH = 50


def simulate_reactors(n):
    community = rng.normal(size=(n, 5))
    mixing = rng.normal(scale=0.7, size=(5, N_PHAGES))
    ln_copies = 5.7 + community @ mixing + rng.normal(scale=0.8, size=(n, N_PHAGES))
    copies = np.round(np.exp(ln_copies))
    copies = np.maximum(copies, DETECTION_LIMIT)      # below LOD -> LOD

    temp = rng.normal(32.0, 2.0, size=n)
    ph = rng.normal(7.1, 0.25, size=n)
    glucose = rng.gamma(4.0, 0.6, size=n)
    covariates = np.stack([(temp - 32.0) / 2.0, (ph - 7.1) / 0.25, glucose / 2.4], axis=1)

    effect = rng.normal(scale=0.15, size=N_PHAGES)
    lysis = (ln_copies - 5.7) @ effect + 0.3 * covariates[:, 0] - 0.2 * covariates[:, 1]
    lysis += rng.normal(scale=0.1, size=n)
    X = np.hstack([copies, covariates]).astype("float32")
    return X, lysis.astype("float32")


def batches(X, y, order_rng):
    """Yield mini batches in random order; copy numbers go to log10."""
    starts = np.arange(0, len(X), BATCH)
    order_rng.shuffle(starts)
    for s in starts:
        xb = X[s:s + BATCH]
        yb = y[s:s + BATCH]
        xb[:, :N_PHAGES] = np.log10(xb[:, :N_PHAGES])  # whynan: log_of_negative phase=data also=nan_in_input
        yield xb, yb[:, None]


X_all, y_all = simulate_reactors(1100)
X_train, y_train = X_all[:900], y_all[:900]
X_hold, y_hold = X_all[900:].copy(), y_all[900:]
X_hold[:, :N_PHAGES] = np.log10(X_hold[:, :N_PHAGES])

net = keras.Sequential([
    layers.Input((X_all.shape[1],)),
    layers.Dense(48, activation="tanh"),
    layers.Dropout(0.1),
    layers.Dense(16, activation="tanh"),
    layers.Dense(1),
])
net.compile(optimizer=keras.optimizers.Adam(2e-3), loss="mse")

order_rng = np.random.default_rng(7)
for epoch in range(12):
    losses = []
    for xb, yb in batches(X_train, y_train, order_rng):
        losses.append(float(net.train_on_batch(xb, yb)))
    pred = net.predict_on_batch(X_hold)[:, 0]
    rmse = np.sqrt(np.mean((pred - y_hold) ** 2))
    print(f"epoch {epoch + 1:2d}  train {np.mean(losses):.4f}  holdout rmse {rmse:.4f}")
