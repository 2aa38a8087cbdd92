"""Minutes from pick-up to drop-off of a courier service. Coordinates are metres on the national grid. The loss is normal
for some batches and then nan for good. There are no missing values in the table, I checked with isna()."""
import keras
import numpy as np
import pandas as pd
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(19)

DEPOTS = {"north": (482_300, 5_458_900), "harbour": (476_850, 5_451_200), "airport": (490_120, 5_447_600)}
OUT_OF_TOWN = {41: (52_000, -9_000), 187: (-48_700, 14_500), 402: (61_000, 3_000)}   # trips to the sister branches


def load_trips(rng, n=640):
    names = rng.choice(list(DEPOTS), size=n)
    pick = np.array([DEPOTS[name] for name in names])
    offset = np.clip(rng.normal(0.0, 4_500.0, size=(n, 2)), -14_000, 14_000).round().astype(int)
    for row, shift in OUT_OF_TOWN.items():
        offset[row] = shift
    drop = pick + offset
    weight = rng.gamma(2.0, 2.5, n)
    hour = rng.integers(7, 20, n)
    rush = np.isin(hour, (8, 9, 16, 17)).astype(float)
    metres = np.hypot(*offset.astype(float).T)
    minutes = 9.0 + metres / 420.0 * (1.0 + 0.35 * rush) + 0.3 * weight + rng.normal(0, 2.0, n)
    return pd.DataFrame({
        "depot": names,
        "pick_e": pick[:, 0], "pick_n": pick[:, 1], "drop_e": drop[:, 0], "drop_n": drop[:, 1],
        "weight": weight, "hour": hour, "minutes": minutes,
    })


def shrink(frame):
    """The real table has forty million rows, so keep the columns narrow."""
    for column in frame.select_dtypes(np.integer):
        frame[column] = frame[column].astype("int32")
    for column in frame.select_dtypes(np.floating):
        frame[column] = frame[column].astype("float32")
    return frame


def add_features(frame):
    east = frame["drop_e"] - frame["pick_e"]
    north = frame["drop_n"] - frame["pick_n"]
    frame["distance"] = np.sqrt(east * east + north * north)  # whynan: int_overflow phase=data rows=41,187,402 also=sqrt_of_negative,nan_in_input
    frame["bearing_sin"] = np.sin(np.arctan2(north, east))
    frame["bearing_cos"] = np.cos(np.arctan2(north, east))
    frame["hour_sin"] = np.sin(2 * np.pi * frame["hour"] / 24)
    frame["hour_cos"] = np.cos(2 * np.pi * frame["hour"] / 24)
    return pd.get_dummies(frame, columns=["depot"], dtype="float32")


trips = shrink(load_trips(np.random.default_rng(19)))
assert not trips.isna().any().any()
table = add_features(trips)
target = table.pop("minutes").to_numpy()
table = table.drop(columns=["pick_e", "pick_n", "drop_e", "drop_n", "hour"])

features = StandardScaler().fit_transform(table.to_numpy(dtype="float64")).astype("float32")
minutes = ((target - target.mean()) / target.std()).astype("float32")

model = keras.Sequential([
    keras.Input((features.shape[1],)),
    keras.layers.Dense(32, activation="silu"),
    keras.layers.Dense(16, activation="silu"),
    keras.layers.Dense(1),
])
model.compile(optimizer=keras.optimizers.RMSprop(1e-3), loss=keras.losses.Huber(), metrics=["mae"])
model.fit(features, minutes, batch_size=16, epochs=5, verbose=2)
