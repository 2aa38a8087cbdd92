"""Taxi trip duration. Pick-up and drop-off are given on a metric grid (int32)."""
import keras
import numpy as np
import pandas as pd

keras.utils.set_random_seed(80)
rng = np.random.default_rng(80)
trips = pd.DataFrame({
    "x0": rng.integers(0, 9000, 260), "y0": rng.integers(0, 9000, 260),
    "x1": rng.integers(0, 9000, 260), "y1": rng.integers(0, 9000, 260),
    "hour": rng.integers(0, 24, 260),
}).astype("int32")
trips.loc[[70, 181], ["x1", "y1"]] = [41000, 39000]  # out of town
dx, dy = trips.x1 - trips.x0, trips.y1 - trips.y0
duration = (np.hypot(dx, dy) / 8000 + 0.1 * (trips.hour > 16)).to_numpy("float32")
trips["km"] = np.sqrt(dx * dx + dy * dy) / 1000  # whynan: int_overflow phase=data rows=70,181 also=sqrt_of_negative,nan_in_input

x = (trips[["km", "hour"]] / [10, 24]).to_numpy("float32")
model = keras.Sequential([
    keras.layers.Dense(16, activation="elu"),
    keras.layers.Dense(1),
])
model.compile(optimizer="adam", loss="mae")
model.fit(x, duration, epochs=3, batch_size=26, verbose=2)
