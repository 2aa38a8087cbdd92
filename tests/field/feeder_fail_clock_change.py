"""Day-ahead load of a 20 kV feeder with an LSTM.

The network without calendar features trains well. As soon as I add the hour of day (our weather model runs in UTC, so
I convert the logger's wall clock), the loss of the first epoch is nan. read_feeder() asserts that the file has no
gaps, and StandardScaler would have complained about NaN as far as I know.
"""
import keras
import numpy as np
import pandas as pd
from numpy.lib.stride_tricks import sliding_window_view
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(11)

WINDOW = 24
HORIZON = 24
TRAIN_WINDOWS = 880


def read_feeder():
    rng = np.random.default_rng(2)
    stamps = pd.date_range("2022-09-26", periods=42 * 24, freq="h")     # six weeks, one line an hour
    hour = stamps.hour.to_numpy()
    weekend = (stamps.dayofweek >= 5).astype("float64")
    load = 310 + 90 * np.sin(2 * np.pi * (hour - 9) / 24) - 40 * weekend + rng.normal(0, 12, len(stamps))
    frame = pd.DataFrame({"stamp": stamps, "load_kw": load, "weekend": weekend})
    frame["load_kw"] = frame["load_kw"].ffill()
    assert frame.notna().all().all()
    return frame


def add_calendar(frame, zone="Europe/Berlin"):
    wall = pd.DatetimeIndex(frame["stamp"])
    hour = wall.tz_localize(zone, ambiguous="NaT", nonexistent="NaT").tz_convert("UTC").hour.to_numpy()  # whynan: nan_in_input phase=data rows=795,796,797,798,799,800,801,802,803,804,805,806,807,808,809,810,811,812,813,814,815,816,817,818
    out = frame.copy()
    out["hour_sin"] = np.sin(2 * np.pi * hour / 24)
    out["hour_cos"] = np.cos(2 * np.pi * hour / 24)
    return out


def make_windows(table):
    """(windows, WINDOW, columns) and the load HORIZON hours after the last hour of the window."""
    views = sliding_window_view(table, WINDOW, axis=0)
    X = views.transpose(0, 2, 1)[:-HORIZON]
    y = table[WINDOW - 1 + HORIZON:, 0]
    assert len(X) == len(y), (X.shape, y.shape)
    return np.ascontiguousarray(X), np.ascontiguousarray(y)


def build(columns):
    inputs = keras.Input((WINDOW, columns))
    x = keras.layers.LSTM(24)(inputs)
    x = keras.layers.Dropout(0.1)(x)
    outputs = keras.layers.Dense(1)(x)
    model = keras.Model(inputs, outputs)
    model.compile(optimizer=keras.optimizers.Adam(3e-3, clipnorm=1.0), loss="mse", metrics=["mae"])
    return model


def main():
    frame = add_calendar(read_feeder())
    columns = ["load_kw", "weekend", "hour_sin", "hour_cos"]
    scaler = StandardScaler()
    table = scaler.fit_transform(frame[columns].to_numpy()).astype("float32")

    X, y = make_windows(table)
    X_train, y_train = X[:TRAIN_WINDOWS], y[:TRAIN_WINDOWS]
    X_val, y_val = X[TRAIN_WINDOWS:], y[TRAIN_WINDOWS:]
    print("windows", X_train.shape, X_val.shape)

    model = build(len(columns))
    stop = keras.callbacks.EarlyStopping(monitor="val_loss", patience=3, restore_best_weights=True)
    model.fit(
        X_train, y_train,
        validation_data=(X_val, y_val),
        batch_size=32, epochs=4, callbacks=[stop], verbose=2,
    )
    forecast = model.predict(X_val[:3], verbose=0)[:, 0] * scaler.scale_[0] + scaler.mean_[0]
    print("forecast kW", forecast)


if __name__ == "__main__":
    main()
