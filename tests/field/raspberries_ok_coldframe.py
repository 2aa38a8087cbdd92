"""Heat demand of a raspberry cold frame (joules per day) from weather and how long the vents stood open."""
import keras
import numpy as np
import pandas as pd

keras.utils.set_random_seed(2024)
rng = np.random.default_rng(2024)

days = pd.date_range("2019-01-01", "2023-12-31", freq="D")
season = np.cos(2 * np.pi * days.dayofyear.to_numpy() / 365.25)
weather = pd.DataFrame({
    "day": days,
    "t_min": 6 - 9 * season + rng.normal(0, 2.5, len(days)),
    "wind": rng.gamma(2.0, 1.7, len(days)),
    "sun_min": np.maximum(0, 280 - 240 * season + rng.normal(0, 110, len(days))).round(),
})
weather["vent_min"] = np.where(weather.t_min > 4, rng.integers(0, 120, len(days)), 0)

meter = pd.DataFrame({
    "day": days,
    "joule": 9e6 - 6e5 * weather.t_min + 4e5 * weather.wind - 4e3 * weather.sun_min + rng.normal(0, 5e5, len(days)),
})
# the meter was sent in for calibration in the autumn of the last year
meter = meter[(meter.day < "2023-09-12") | (meter.day > "2023-10-20")]

table = weather.merge(meter, on="day", how="left")
with np.errstate(divide="ignore", invalid="ignore"):
    table["vent_share"] = table.vent_min.to_numpy(float) / table.sun_min.to_numpy(float)
table["log_vent"] = np.log1p(table.vent_min)

columns = ["t_min", "wind", "sun_min", "vent_share", "log_vent"]
table[columns] = table[columns].replace([np.inf, -np.inf], np.nan)
table["vent_share"] = table.vent_share.fillna(0.0).clip(0, 5)

train = table[table.day < "2023-01-01"]
valid = table[table.day >= "2023-01-01"]
mean, std = train[columns].mean(), train[columns].std()


def arrays(part):
    return (((part[columns] - mean) / std).to_numpy("float32"),
            part[["joule"]].to_numpy("float32"))


x, y = arrays(train)
xv, yv = arrays(valid)
print(len(x), "days to train,", len(xv), "days to validate; demand up to", y.max(), "J")

net = keras.Sequential([
    keras.Input((len(columns),)),
    keras.layers.Dense(32, activation="relu"),
    keras.layers.Dense(1),
    keras.layers.Rescaling(scale=2e6, offset=float(y.mean())),
])
net.compile(optimizer=keras.optimizers.Adam(5e-3), loss="mse")
history = net.fit(x, y, validation_data=(xv, yv), batch_size=64, epochs=20, verbose=2, callbacks=[  # whynan: side_nonfinite
    keras.callbacks.TerminateOnNaN(),
    keras.callbacks.EarlyStopping(monitor="loss", patience=5, restore_best_weights=True),
])

print("RMSE on training days: %.2g J" % np.sqrt(min(history.history["loss"])))
