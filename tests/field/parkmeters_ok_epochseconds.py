"""Will the street be full (above median occupancy)? One month of parking meter records."""
import os
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2"
import keras
import numpy as np
import pandas as pd

keras.utils.set_random_seed(404)
rng = np.random.default_rng(404)

n = 2000
start = 1_717_200_000        # 1 June 2024
stamp = np.sort(start + rng.integers(0, 30 * 86400, n))
hour = (stamp % 86400) / 3600
weekday = (stamp // 86400 + 3) % 7
meters = pd.DataFrame({
    "timestamp": stamp,
    "hour_sin": np.sin(2 * np.pi * hour / 24),
    "hour_cos": np.cos(2 * np.pi * hour / 24),
    "is_weekend": (weekday >= 5).astype(int),
    "price_eur": rng.choice([1.2, 1.8, 2.5], n),
    "rain_mm": rng.exponential(0.8, n) * (rng.random(n) < 0.25),
})
occupancy = (
    0.5 - 0.35 * meters["hour_cos"] - 0.15 * meters["hour_sin"]
    - 0.12 * meters["is_weekend"] - 0.05 * (meters["price_eur"] - 1.8)
    + rng.normal(0, 0.04, n)
)
full = (occupancy > occupancy.median()).to_numpy("float32")

X = meters.to_numpy("float32")
rows = rng.permutation(n)
X, full = X[rows], full[rows]

model = keras.Sequential([
    keras.Input((X.shape[1],)),
    keras.layers.Dense(32, activation="tanh"),
    keras.layers.Dense(16, activation="tanh"),
    keras.layers.Dense(1, activation="sigmoid"),
])
model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="binary_crossentropy", metrics=["accuracy"])
history = model.fit(X, full, validation_split=0.2, batch_size=32, epochs=12, verbose=2)  # whynan: unstable

print("loss per epoch:", np.round(history.history["loss"], 4))
print("accuracy per epoch:", np.round(history.history["accuracy"], 3))
