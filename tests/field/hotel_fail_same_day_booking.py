"""Cancellation model for hotel bookings."""
import numpy as np
import pandas as pd
import keras
from keras import layers

keras.utils.set_random_seed(6)


def read_bookings(n=320):
    rng = np.random.default_rng(31)
    lead = rng.integers(1, 180, n)
    lead[[44, 129, 230]] = 0                          # walk-ins
    arrival = pd.Timestamp("2023-03-01") + pd.to_timedelta(rng.integers(0, 200, n), unit="D")
    booked = arrival - pd.to_timedelta(lead, unit="D") + pd.to_timedelta(rng.integers(9, 22, n), unit="h")
    frame = pd.DataFrame({
        "arrival": arrival,                           # a date, PMS has no time
        "booked_at": booked,                          # timestamp of the channel manager
        "nights": rng.integers(1, 9, n),
        "adults": rng.integers(1, 4, n),
        "rate": rng.uniform(55, 240, n),
    })
    p = 1 / (1 + np.exp(-(lead - 60) / 40.0))
    frame["cancelled"] = (rng.random(n) < p).astype(int)
    return frame


class FeatureTable:
    def __init__(self, frame):
        self.frame = frame

    def lead_time(self):
        days = (self.frame["arrival"] - self.frame["booked_at"]).dt.days
        # log1p, because many guests book on the same day
        return np.log1p(days) / np.log(365)  # whynan: inf_in_input phase=data rows=44,129,230 also=log_of_zero

    def stay(self):
        return self.frame["nights"] / 7.0

    def people(self):
        return self.frame["adults"] / 2.0

    def price(self):
        return (self.frame["rate"] - self.frame["rate"].mean()) / self.frame["rate"].std()

    def matrix(self):
        columns = [self.lead_time(), self.stay(), self.people(), self.price()]
        x = pd.concat(columns, axis=1)
        assert not x.isna().any().any(), "missing values!"
        return x.to_numpy("float32")


def build(d):
    inp = keras.Input((d,))
    h = layers.Dense(16, activation="tanh")(inp)
    h = layers.Dense(16, activation="tanh")(h)
    return keras.Model(inp, layers.Dense(1, activation="sigmoid")(h))


bookings = read_bookings()
x = FeatureTable(bookings).matrix()
y = bookings["cancelled"].to_numpy("float32")
model = build(x.shape[1])
model.compile(optimizer=keras.optimizers.Adam(2e-3), loss="binary_crossentropy", metrics=["AUC"])
model.fit(x, y, batch_size=32, epochs=5, verbose=2)
