"""Significant wave height three hours ahead, from moored buoys.

val_mse is inf in every epoch and val_loss is about 6e34, yet loss and mse of the training set are small and the
predictions for the last winter look good.  The validation buoy comes from another institute.
"""
import keras
import numpy as np
import pandas as pd

keras.utils.set_random_seed(61)
# whynan: side_nonfinite

FILL = np.float32(9.96921e36)
COLUMNS = ["height", "period", "wind", "pressure", "trend"]


def buoy(hours, seed, outages, flagged):
    rng = np.random.default_rng(seed)
    hour = np.arange(hours)
    storm = np.convolve(rng.normal(0, 1, hours + 47), np.hanning(48) / 6.0, mode="valid")
    wind = np.clip(8.0 + 3.5 * storm + rng.normal(0, 0.6, hours), 0.1, None)
    height = np.clip(0.6 + 0.021 * np.convolve(wind**2, np.ones(6) / 6.0, mode="same"), 0.1, None)
    frame = pd.DataFrame({
        "time": pd.Timestamp("2021-10-01") + pd.to_timedelta(hour, unit="h"),
        "height": height + rng.normal(0, 0.05, hours),
        "period": 3.6 * np.sqrt(height) + rng.normal(0, 0.2, hours),
        "wind": wind,
        "pressure": 1012.0 - 6.0 * storm + rng.normal(0, 0.5, hours),
    })
    frame["trend"] = frame["pressure"].diff(3).fillna(0.0)
    frame["ahead"] = frame["height"].shift(-3)
    frame["flag"] = 1
    frame = frame.dropna().reset_index(drop=True)
    lost = rng.choice(len(frame), outages, replace=False)
    frame.loc[lost, "ahead"] = float(FILL)
    if flagged:
        frame.loc[lost, "flag"] = 9
    return frame


def to_arrays(frame, centre, width):
    x = ((frame[COLUMNS] - centre) / width).to_numpy("float32")
    return x, frame[["ahead"]].to_numpy("float32")


def make_model():
    return keras.Sequential([
        keras.Input((len(COLUMNS),)),
        keras.layers.Dense(32, activation="relu"),
        keras.layers.Dense(32, activation="relu"),
        keras.layers.Dense(1),
    ], name="swell")


ours = buoy(1500, seed=61, outages=40, flagged=True)
ours = ours[ours["flag"] == 1]
theirs = buoy(500, seed=62, outages=3, flagged=False)
theirs = theirs[theirs["flag"] == 1]

centre, width = ours[COLUMNS].mean(), ours[COLUMNS].std()
x, y = to_arrays(ours, centre, width)
x_val, y_val = to_arrays(theirs, centre, width)

model = make_model()
model.compile(optimizer=keras.optimizers.Adam(2e-3), loss="mae", metrics=["mse"])
history = model.fit(x, y, validation_data=(x_val, y_val), epochs=12, batch_size=32, verbose=2)
print(pd.DataFrame(history.history).tail(3))
print("sample of forecasts:", model.predict(x_val[:5], verbose=0)[:, 0].round(2), y_val[:5, 0].round(2))
