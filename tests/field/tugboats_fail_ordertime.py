# How long will the tug job take?  (port office, first try with keras)
import numpy as np
import pandas as pd
import keras
from keras import layers

keras.utils.set_random_seed(8)
rng = np.random.default_rng(8)

# ---------------------------------------------------------------- the two lists
n = 1500
ordered = pd.Timestamp("2023-01-02 06:10") + pd.to_timedelta(np.r_[0, rng.exponential(340, n - 1).cumsum()], unit="min")
lead = rng.gamma(2.0, 5.0, n) + 1.0
length = rng.normal(165, 38, n).clip(70, 330).round()
draught = (length * 0.05 + rng.normal(0, 0.8, n)).clip(3, 16).round(1)
wind = rng.weibull(2.0, n) * 8
tugs = np.where(length > 200, 3, np.where(length > 130, 2, 1))

orders = pd.DataFrame({
    "job": np.arange(n),
    "ordered": pd.Series(ordered).dt.strftime("%d/%m/%Y %H:%M"),
    "tugs": tugs,
})
terminal = pd.DataFrame({
    "job": np.arange(n),
    "made_fast": pd.Series(ordered + pd.to_timedelta(lead, unit="h")).dt.strftime("%Y-%m-%dT%H:%M:%S"),
    "length_m": length,
    "draught_m": draught,
    "wind_ms": wind.round(1),
    "minutes": (25 + 0.22 * length + 1.6 * wind - 6 * tugs + 14 * (lead < 4) + rng.normal(0, 6, n)).round(),
})

# ---------------------------------------------------------------- join and features
jobs = orders.merge(terminal, on="job", validate="one_to_one")
print(jobs.head())
print("missing values:", int(jobs.isna().sum().sum()))

jobs["ordered"] = pd.to_datetime(jobs["ordered"], errors="coerce")  # whynan: nan_in_input phase=data
jobs["made_fast"] = pd.to_datetime(jobs["made_fast"])
jobs["lead_h"] = (jobs["made_fast"] - jobs["ordered"]).dt.total_seconds() / 3600
hour = jobs["made_fast"].dt.hour + jobs["made_fast"].dt.minute / 60
jobs["hour_sin"] = np.sin(2 * np.pi * hour / 24)
jobs["hour_cos"] = np.cos(2 * np.pi * hour / 24)

columns = ["length_m", "draught_m", "wind_ms", "tugs", "lead_h", "hour_sin", "hour_cos"]
X = jobs[columns]
X = (X - X.mean()) / X.std()
y = jobs["minutes"] / 60

cut = int(0.85 * n)
X_train, X_test = X.iloc[:cut].to_numpy("float32"), X.iloc[cut:].to_numpy("float32")
y_train, y_test = y.iloc[:cut].to_numpy("float32"), y.iloc[cut:].to_numpy("float32")

# ---------------------------------------------------------------- network
inp = keras.Input((len(columns),))
h = layers.Dense(32, activation="gelu")(inp)
h = layers.Dropout(0.1)(h)
h = layers.Dense(16, activation="gelu")(h)
out = layers.Dense(1)(h)
model = keras.Model(inp, out)
model.compile(optimizer="adam", loss=keras.losses.Huber(), metrics=["mae"])

history = model.fit(
    X_train, y_train,
    validation_data=(X_test, y_test),
    epochs=12, batch_size=32, verbose=2,
    callbacks=[keras.callbacks.EarlyStopping(monitor="val_mae", patience=4)],
)
print("mae in minutes:", 60 * history.history["val_mae"][-1])
