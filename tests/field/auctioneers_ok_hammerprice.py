"""Hammer price of furniture lots (euro) from the catalogue entry. Linear baseline for the auction house."""
import numpy as np
import pandas as pd
import keras
from keras import layers

keras.utils.set_random_seed(42)
rng = np.random.default_rng(42)

n = 2000
lots = pd.DataFrame({
    "estimate": np.round(np.exp(rng.normal(11.6, 0.5, n)), -2),
    "bidders": rng.poisson(6, n) + 1,
    "age_years": rng.gamma(6, 25, n),
    "condition": rng.integers(1, 6, n),
    "width_cm": rng.normal(110, 30, n),
})
lots.loc[rng.random(n) < 0.04, "estimate"] = 0.0    # "estimate on request"

log_est = np.log(lots["estimate"].values)
print("lots without estimate:", np.isinf(log_est).sum())
typical = np.median(log_est[np.isfinite(log_est)])
lots["log_estimate"] = np.where(np.isfinite(log_est), log_est, typical)
lots["no_estimate"] = (~np.isfinite(log_est)).astype(float)

lots["hammer"] = (
    240_000
    + 130_000 * (lots["log_estimate"] - typical)
    + 14_000 * (lots["bidders"] - 7)
    + 180 * (lots["age_years"] - 150)
    + 16_000 * (lots["condition"] - 3)
    + 30_000 * lots["no_estimate"]
    + rng.normal(0, 18_000, n)
).clip(lower=500)

columns = ["log_estimate", "no_estimate", "bidders", "age_years", "condition", "width_cm"]
X = lots[columns].values.astype("float32")
y = lots["hammer"].values.astype("float32")
X_tr, y_tr, X_te, y_te = X[:1700], y[:1700], X[1700:], y[1700:]

scale = layers.Normalization()
scale.adapt(X_tr)

model = keras.Sequential([keras.Input((len(columns),)), scale, layers.Dense(1)])
model.compile(
    optimizer=keras.optimizers.SGD(0.02, momentum=0.9),
    loss="mse",
    metrics=["mae"],
)
hist = model.fit(X_tr, y_tr, batch_size=256, epochs=40, validation_data=(X_te, y_te), verbose=2)  # whynan: healthy

print("first / last loss: %.4g  %.4g" % (hist.history["loss"][0], hist.history["loss"][-1]))
residual = y_te - model.predict(X_te, verbose=0)[:, 0]
print("R2 on the last sale: %.3f" % (1 - residual.var() / y_te.var()))
w = model.layers[-1].get_weights()[0][:, 0]
for name, value in sorted(zip(columns, w), key=lambda p: -abs(p[1])):
    print(f"  {name:14s} {value:12.0f} euro per sd")
