"""Forecasting the load of a parcel sorting belt from the scan log. The loss is fine for a while in the first epoch and
then nan. I interpolate, fill, and scale with median and IQR so that no outlier can hurt, and nothing in the table is
missing: features.isna().sum() is 0 for every column."""
import keras
import numpy as np
import pandas as pd

CFG = {"slot": "30min", "history": 24, "batch": 32, "epochs": 3, "units": 16, "capacity": 420.0, "seed": 12}


def scan_log(rng):
    """One line per minute, as the belt controller writes it."""
    index = pd.date_range("2025-03-03", periods=20 * 24 * 60, freq="min")
    hour = index.hour + index.minute / 60.0
    rate = 7.0 + 4.0 * np.sin((hour - 15.0) / 24.0 * 2 * np.pi) + np.where(index.dayofweek < 5, 1.5, 0.0)
    log = pd.DataFrame({"scans": rng.poisson(rate)}, index=index)
    reboot = (index >= "2025-03-12 13:30") & (index < "2025-03-12 14:00")
    return log[~reboot]


def robust(series):
    spread = series.quantile(0.75) - series.quantile(0.25)
    return (series - series.median()) / spread


def build_features(log):
    per_slot = log["scans"].resample(CFG["slot"]).sum()
    change = np.log(per_slot).diff()  # whynan: inf_in_input phase=data also=log_of_zero,nan_in_input
    change = change.interpolate().fillna(0.0)
    hour = (per_slot.index.hour + per_slot.index.minute / 60.0) / 24.0
    features = pd.DataFrame({
        "change": robust(change),
        "sin": np.sin(2 * np.pi * hour),
        "cos": np.cos(2 * np.pi * hour),
        "weekend": (per_slot.index.dayofweek >= 5).astype("float64"),
    }, index=per_slot.index)
    return features, per_slot / CFG["capacity"]


def windows(features, load):
    h = CFG["history"]
    return keras.utils.timeseries_dataset_from_array(
        features.to_numpy("float32"),
        load.to_numpy("float32")[h:],
        sequence_length=h,
        batch_size=CFG["batch"],
    )


def build_model(n_features):
    series = keras.Input(shape=(CFG["history"], n_features))
    hidden = keras.layers.GRU(CFG["units"])(series)
    hidden = keras.layers.Dense(16, activation="tanh")(hidden)
    return keras.Model(series, keras.layers.Dense(1)(hidden))


if __name__ == "__main__":
    keras.utils.set_random_seed(CFG["seed"])
    features, load = build_features(scan_log(np.random.default_rng(CFG["seed"])))
    print(features.isna().sum().to_dict())
    model = build_model(features.shape[1])
    model.compile(optimizer=keras.optimizers.Adam(2e-3), loss="mae")
    model.fit(windows(features, load), epochs=CFG["epochs"], verbose=2)
