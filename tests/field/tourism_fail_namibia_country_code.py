"""Forecast monthly visitor arrivals per country from a CSV export.

Everything worked with the European countries; since I added the African ones the loss is nan from the first epoch.
There is not one empty cell in the CSV, I checked it in Excel!
"""
import csv
import os
import tempfile

import keras
import numpy as np
import pandas as pd

keras.utils.set_random_seed(11)

COUNTRIES = ["DE", "FR", "IT", "ZA", "BW", "KE", "MA", "NA", "TZ", "EG", "GB", "ES"]
GDP_PER_CAPITA = {"DE": 48.7, "FR": 40.9, "IT": 34.8, "ZA": 6.8, "BW": 7.7, "KE": 2.1,
                  "MA": 3.5, "NA": 4.9, "TZ": 1.2, "EG": 4.3, "GB": 45.8, "ES": 29.7}


def export_arrivals(path, months=16):
    rng = np.random.default_rng(3)
    with open(path, "w", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(["country", "month", "hotel_index", "flights", "arrivals"])
        for month in range(months):
            for code in COUNTRIES:
                flights = int(rng.integers(20, 400))
                hotel = round(float(rng.normal(100, 12)), 1)
                season = 1.0 + 0.4 * np.sin(2 * np.pi * month / 12)
                writer.writerow([code, month % 12 + 1, hotel, flights, int(flights * 130 * season)])


class ArrivalsTable:
    def __init__(self, path):
        self.path = path

    def load(self):
        visits = pd.read_csv(self.path)  # whynan: nan_in_input phase=data rows=7,19,31,43,55,67,79,91,103,115,127,139,151,163,175,187
        visits["country"] = visits["country"].str.strip().str.upper()
        visits["gdp"] = visits["country"].map(GDP_PER_CAPITA)
        angle = 2 * np.pi * visits["month"] / 12
        visits["month_sin"], visits["month_cos"] = np.sin(angle), np.cos(angle)
        return visits

    def arrays(self):
        visits = self.load()
        features = visits[["gdp", "hotel_index", "flights"]]
        features = (features - features.mean()) / features.std()
        features = pd.concat([features, visits[["month_sin", "month_cos"]]], axis=1)
        target = np.log1p(visits["arrivals"]) - 10.0
        return features.to_numpy("float32"), target.to_numpy("float32")


def build():
    return keras.Sequential([
        keras.Input((5,)),
        keras.layers.Dense(32, activation="swish"),
        keras.layers.Dense(16, activation="swish"),
        keras.layers.Dense(1),
    ])


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "arrivals.csv")
        export_arrivals(path)
        x, y = ArrivalsTable(path).arrays()
    print("train on", x.shape)
    model = build()
    model.compile(keras.optimizers.Adam(3e-3), "mse", metrics=["mae"])
    model.fit(x, y, epochs=6, batch_size=32, verbose=2)
