import pathlib
import tempfile

import keras
import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.preprocessing import OneHotEncoder, StandardScaler

SEED = 58
keras.utils.set_random_seed(SEED)
rng = np.random.default_rng(SEED)

STALLS = pd.DataFrame({
    "stall": ["quai_a", "quai_b", "market", "station"],
    "metres": [6.0, 8.5, 5.0, 22.0],
    "covered": [0, 0, 1, 1],
    "district": ["5e", "6e", "11e", "10e"],
})


def export(folder, name, stalls, n, takings):
    frame = pd.DataFrame({
        "date": pd.date_range("2022-01-03", periods=n, freq="D").strftime("%Y-%m-%d"),
        "stall": rng.choice(stalls, n),
        "temp_c": rng.normal(14, 7, n).round(1),
        "rain_mm": np.where(rng.random(n) < 0.3, rng.gamma(1.5, 4, n), 0.0).round(1),
        "log_takings": takings,
    })
    frame.to_csv(folder / name, index=False)


def write_exports(folder):
    export(folder, "export_2022.csv", ["quai_a", "quai_b"], 420, rng.normal(5.4, 0.45, 420).round(4))
    export(folder, "export_market.csv", ["market"], 400, rng.normal(5.0, 0.40, 400).round(4))
    export(folder, "export_station.csv", ["station"], 8, rng.uniform(760, 2400, 8).round(2))


def read_all(folder):
    parts = [pd.read_csv(f, parse_dates=["date"]) for f in sorted(folder.glob("export_*.csv"))]
    return pd.concat(parts, ignore_index=True)


folder = pathlib.Path(tempfile.mkdtemp(prefix="bouquinistes_"))
write_exports(folder)

df = read_all(folder).merge(STALLS, on="stall", how="left")
df["weekday"] = df["date"].dt.dayofweek
df["month"] = df["date"].dt.month
df["takings"] = np.expm1(df["log_takings"]) / 100.0  # whynan: exp_overflow phase=data also=inf_in_label rows=820,821,822,823,824,825,826,827
print(df[["stall", "takings"]].groupby("stall").median())

prep = ColumnTransformer([
    ("num", StandardScaler(), ["temp_c", "rain_mm", "metres"]),
    ("cat", OneHotEncoder(sparse_output=False, handle_unknown="ignore"), ["district", "weekday", "month"]),
    ("flag", "passthrough", ["covered"]),
])
X = prep.fit_transform(df).astype("float32")
y = df["takings"].to_numpy().astype("float32")

model = keras.Sequential([
    keras.layers.Input((X.shape[1],)),
    keras.layers.Dense(32, activation="relu"),
    keras.layers.Dense(16, activation="relu"),
    keras.layers.Dense(1),
])
model.compile(optimizer="adam", loss="mse", metrics=["mae"])
history = model.fit(X, y, epochs=15, batch_size=32, verbose=0)

for e, l in enumerate(history.history["loss"]):
    if e % 5 == 0:
        print("epoch", e, "loss", l)
