"""Next hour's feed-in of a roof with panels, from the last 24 hours.

I replaced raw irradiance by the clear-sky index, as everybody recommends, and filled the nights (0/0). np.isnan finds
nothing in the table. The first batch has a normal loss, after that it is nan for good, also with LSTM units 4 and with
gradient clipping.
"""
import numpy as np
import keras
from keras import layers

LATITUDE = np.deg2rad(48.8)
WINDOW = 24


def sun_height(hour, first_day_of_year):
    """Sine of the sun's elevation, hourly."""
    day = first_day_of_year + hour / 24.0
    declination = 0.409 * np.sin(2 * np.pi * (day - 81.0) / 365.0)
    angle = 2 * np.pi * ((hour % 24) - 12.3) / 24.0
    return np.sin(LATITUDE) * np.sin(declination) + np.cos(LATITUDE) * np.cos(declination) * np.cos(angle)


def roof_log(days=90, first_day_of_year=60, seed=19):
    rng = np.random.default_rng(seed)
    hour = np.arange(days * 24)
    height = sun_height(hour, first_day_of_year)
    clear = 1080.0 * np.maximum(height, 0.0) ** 1.15
    clouds = np.zeros(len(hour))
    for t in range(1, len(hour)):
        clouds[t] = 0.92 * clouds[t - 1] + rng.normal(0, 0.35)
    passing = 0.25 + 0.75 / (1.0 + np.exp(clouds))
    twilight = 6.0 * np.clip(1.0 - np.abs(height) / 0.05, 0.0, 1.0)
    irradiance = clear * passing + twilight
    temperature = 9 + 0.08 * hour / 24 + 6 * np.maximum(height, 0) + rng.normal(0, 0.8, len(hour))
    power = 0.0048 * irradiance * (1 - 0.004 * (temperature - 20)) + rng.normal(0, 0.01, len(hour))
    return hour, irradiance, clear, temperature, np.maximum(power, 0.0)


def clear_sky_index(irradiance, clear):
    with np.errstate(all="ignore"):
        return np.nan_to_num(irradiance / clear).astype("float32")  # whynan: inf_in_input phase=data also=divide_by_zero


def feature_table(hour, irradiance, clear, temperature):
    columns = [
        clear_sky_index(irradiance, clear),
        clear / 1000.0,
        (temperature - 12.0) / 6.0,
        np.sin(2 * np.pi * hour / 24),
        np.cos(2 * np.pi * hour / 24),
    ]
    return np.stack([np.asarray(c, "float32") for c in columns], axis=1)


class RoofWindows(keras.utils.PyDataset):
    def __init__(self, table, power, starts, batch_size=32, shuffle=True, seed=0, **kwargs):
        super().__init__(**kwargs)
        self.table, self.power = table, power.astype("float32")
        self.starts = np.array(starts)
        self.batch_size, self.shuffle = batch_size, shuffle
        self.rng = np.random.default_rng(seed)
        self.on_epoch_end()

    def __len__(self):
        return int(np.ceil(len(self.starts) / self.batch_size))

    def __getitem__(self, i):
        starts = self.starts[i * self.batch_size : (i + 1) * self.batch_size]
        x = np.stack([self.table[s : s + WINDOW] for s in starts])
        return x, self.power[starts + WINDOW][:, None]

    def on_epoch_end(self):
        if self.shuffle:
            self.rng.shuffle(self.starts)


def forecaster(units=16):
    past = keras.Input((WINDOW, 5))
    state = layers.LSTM(units)(past)
    state = layers.Dense(16, activation="tanh")(state)
    return keras.Model(past, layers.Dense(1)(state))


keras.utils.set_random_seed(90)
hour, irradiance, clear, temperature, power = roof_log()
table = feature_table(hour, irradiance, clear, temperature)
print("nan in table:", int(np.isnan(table).sum()))

last = len(table) - WINDOW
split = int(0.85 * last)
train = RoofWindows(table, power, range(split))
valid = RoofWindows(table, power, range(split, last), shuffle=False)

model = forecaster()
model.compile(optimizer=keras.optimizers.Adam(2e-3, clipnorm=1.0), loss="mse")
model.fit(train, validation_data=valid, epochs=2, verbose=2)
