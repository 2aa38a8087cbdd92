"""Which trips end with a scooter left outside the parking zone?

GPS fixes -> per fix kinematics -> per trip statistics -> MLP.  I know that the first fix of
each trip has no predecessor (NaN), mean/max/std of pandas skip it.  Still loss = nan.
"""
import keras
import numpy as np
import pandas as pd

keras.utils.set_random_seed(29)

EARTH = 6_371_000.0


def load_fixes(n_trips=520, seed=29):
    rng = np.random.default_rng(seed)
    trips = []
    labels = rng.integers(0, 2, n_trips)
    for trip in range(n_trips):
        n = int(rng.integers(25, 60))
        dt = rng.integers(3, 8, n)
        if trip in (45, 188, 371):
            dt[12] = 0                      # tracker re-sent the fix with the old clock
        speed = rng.uniform(2.0, 6.5, n) - 0.8 * labels[trip]
        heading = rng.uniform(0, 2 * np.pi) + np.cumsum(rng.normal(0, 0.3, n))
        step = speed * np.maximum(dt, 3)
        trips.append(pd.DataFrame({
            "trip": trip,
            "t": np.cumsum(dt),
            "lat": 52.5 + np.cumsum(step * np.cos(heading)) / 111_000,
            "lon": 13.4 + np.cumsum(step * np.sin(heading)) / 67_500,
            "battery": np.linspace(90, rng.uniform(40, 85), n),
        }))
    return pd.concat(trips, ignore_index=True), pd.Series(labels, name="outside")


def haversine(lat1, lon1, lat2, lon2):
    lat1, lon1, lat2, lon2 = map(np.radians, (lat1, lon1, lat2, lon2))
    a = np.sin((lat2 - lat1) / 2) ** 2 + np.cos(lat1) * np.cos(lat2) * np.sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH * np.arcsin(np.sqrt(a.clip(upper=1.0)))


class Kinematics:
    def __init__(self, fixes):
        self.fixes = fixes
        self.previous = fixes.groupby("trip")[["t", "lat", "lon"]].shift()

    def distance(self):
        f, p = self.fixes, self.previous
        return haversine(p["lat"], p["lon"], f["lat"], f["lon"])

    def table(self):
        return self.fixes.assign(
            dist=self.distance(),
            gap=self.fixes["t"] - self.previous["t"],
            drain=self.fixes.groupby("trip")["battery"].diff().abs(),
        )


def add_speed(df):
    return df.assign(kmh=3.6 * df["dist"] / df["gap"])  # whynan: divide_by_zero phase=data rows=40,164,318 also=inf_in_input,nan_in_input


def per_trip(df):
    return df.groupby("trip").agg(
        mean_kmh=("kmh", "mean"),
        top_kmh=("kmh", "max"),
        metres=("dist", "sum"),
        mean_gap=("gap", "mean"),
        drain=("drain", "mean"),
    )


def robust_scale(df):
    q = df.quantile([0.25, 0.5, 0.75])
    return (df - q.loc[0.5]) / (q.loc[0.75] - q.loc[0.25])


def dataset():
    fixes, outside = load_fixes()
    stats = Kinematics(fixes).table().pipe(add_speed).pipe(per_trip).pipe(robust_scale)
    joined = stats.join(outside)
    joined = joined[fixes.groupby("trip").size() >= 30]          # very short rentals are noise
    return joined.drop(columns="outside"), joined["outside"]


features, outside = dataset()
model = keras.Sequential([
    keras.layers.Dense(24, activation="relu"),
    keras.layers.Dense(12, activation="relu"),
    keras.layers.Dense(1, activation="sigmoid"),
])
model.compile(loss="binary_crossentropy", optimizer="adam", metrics=["accuracy"])
model.fit(
    features.to_numpy("float32"),
    outside.to_numpy("float32"),
    epochs=6,
    batch_size=32,
    verbose=2,
)
