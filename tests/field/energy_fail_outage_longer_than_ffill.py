"""Day-ahead load forecast from 15 minute smart meter data."""
import keras
import numpy as np
import pandas as pd

keras.utils.set_random_seed(7)
WINDOW = 24


def read_meter(days=60):
    idx = pd.date_range("2024-01-01", periods=days * 96, freq="15min")
    rng = np.random.default_rng(11)
    h = idx.hour + idx.minute / 60
    kw = 40 + 15 * np.sin((h - 8) / 24 * 2 * np.pi) + 5 * (idx.dayofweek < 5) + rng.normal(0, 2, len(idx))
    frame = pd.DataFrame({"kw": kw}, index=idx)
    # the gateway was replaced on the 13th of February: no telegrams that night
    outage = (idx >= "2024-02-13 20:00") & (idx < "2024-02-14 05:00")
    return frame[~outage]


def to_hourly(raw):
    # short gaps (up to 3 hours) are filled with the last value
    hourly = raw.resample("1h").mean().ffill(limit=3)  # whynan: nan_in_input phase=data also=nan_in_label
    assert not raw["kw"].isna().any()
    return hourly


class LoadScaler:
    def fit(self, s):
        self.mu, self.sd = s.mean(), s.std()
        return self

    def __call__(self, s):
        return (s - self.mu) / self.sd


def features(hourly, scaler):
    hour = hourly.index.hour.to_numpy()
    return np.stack([
        scaler(hourly["kw"]).to_numpy(),
        np.sin(2 * np.pi * hour / 24),
        np.cos(2 * np.pi * hour / 24),
        (hourly.index.dayofweek.to_numpy() >= 5) * 1.0,
    ], axis=1).astype("float32")


hourly = to_hourly(read_meter())
feats = features(hourly, LoadScaler().fit(hourly["kw"]))

train_ds = keras.utils.timeseries_dataset_from_array(
    data=feats[:-WINDOW],
    targets=feats[WINDOW:, 0],
    sequence_length=WINDOW,
    batch_size=64,
    shuffle=True,
    seed=3,
)

model = keras.Sequential([
    keras.Input((WINDOW, feats.shape[1])),
    keras.layers.GRU(16),
    keras.layers.Dense(8, activation="tanh"),
    keras.layers.Dense(1),
])
model.compile(optimizer=keras.optimizers.Adam(2e-3), loss=keras.losses.Huber())
history = model.fit(train_ds, epochs=3, verbose=2)
print("train huber", history.history["loss"])
