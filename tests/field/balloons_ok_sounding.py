import numpy as np
import pandas as pd
import keras
from keras import layers

# Temperature aloft from the balloon telemetry export (one row per packet).

keras.utils.set_random_seed(5)
rng = np.random.default_rng(5)


def fake_flight(start, n=240):
    secs = np.arange(n) * 20
    alt = 120 + 5.1 * secs + rng.normal(0, 15, n)
    pres = 1013.25 * np.exp(-alt / 7600.0)
    temp = np.where(alt < 11000, 288.0 - 0.0065 * alt, 216.5) + rng.normal(0, 0.8, n)
    return pd.DataFrame({
        "ts": start + secs * 1000,
        "alt_m": alt,
        "pressure_hpa": pres,
        "rh": np.clip(70 - alt / 300 + rng.normal(0, 5, n), 1, 100),
        "battery_mv": 4200 - secs * 0.05 + rng.normal(0, 4, n),
        "temp_k": temp,
    })


launches = pd.date_range("2024-03-01 11:00", periods=10, freq="12h")
table = pd.concat([fake_flight(int(ts.timestamp() * 1000)) for ts in launches], ignore_index=True)
table = table.sample(frac=1, random_state=5)
print(table.describe().T[["mean", "std", "min", "max"]])

feature_cols = ["ts", "alt_m", "pressure_hpa", "rh", "battery_mv"]
features = table[feature_cols].to_numpy("float32")
target = ((table["temp_k"] - 250.0) / 25.0).to_numpy("float32")

model = keras.Sequential([
    keras.Input((5,)),
    layers.Dense(16, activation="relu"),
    layers.Dense(1),
])
model.compile(
    optimizer=keras.optimizers.SGD(learning_rate=0.01, clipnorm=1.0),
    loss="mse",
)

h = model.fit(features, target, validation_split=0.2, batch_size=64, epochs=12, verbose=2)  # whynan: unstable

print("loss per epoch:", ["%.4e" % v for v in h.history["loss"]])
est = model.predict(features[:6], verbose=0)[:, 0] * 25.0 + 250.0
for a, b in zip(est, table["temp_k"].values[:6]):
    print(f"estimated {a:.1f} K   measured {b:.1f} K")
