"""Trip duration from pick-up / drop-off coordinates (great-circle distance, bearing, time of day)."""
import keras
import numpy as np
import pandas as pd
import tensorflow as tf

keras.utils.set_random_seed(77)
EARTH_KM = 6371.0088


def rides(n=480, seed=6):
    """Singapore. Some passengers were driven in a circle (or cancelled): drop-off = pick-up."""
    rng = np.random.default_rng(seed)
    lat = 1.33 + rng.normal(0, 0.03, n)
    lon = 103.82 + rng.normal(0, 0.03, n)
    end_lat = lat + rng.normal(0, 0.02, n)
    end_lon = lon + rng.normal(0, 0.02, n)
    circle = np.arange(11, n, 13)
    end_lat[circle], end_lon[circle] = lat[circle], lon[circle]
    hour = rng.integers(0, 24, n)
    block = np.abs(end_lat - lat) + np.abs(end_lon - lon)
    minutes = 4 + 260 * block * (1.2 + 0.4 * np.sin(np.pi * hour / 24)) + rng.gamma(2.0, 1.0, n)
    return pd.DataFrame({"pickup_lat": lat, "pickup_lon": lon, "dropoff_lat": end_lat,
                         "dropoff_lon": end_lon, "hour": hour, "minutes": minutes})


class GeoFeatures:
    def __init__(self, start=("pickup_lat", "pickup_lon"), end=("dropoff_lat", "dropoff_lon")):
        self.start = list(start)
        self.end = list(end)

    def _radians(self, frame):
        lat1, lon1 = np.radians(frame[self.start].to_numpy()).T
        lat2, lon2 = np.radians(frame[self.end].to_numpy()).T
        return lat1, lon1, lat2, lon2

    @staticmethod
    def _on_sphere(lat, lon):
        return np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=1)

    def great_circle(self, frame):
        """Angle between the two places seen from the centre of the earth."""
        lat1, lon1, lat2, lon2 = self._radians(frame)
        cos_angle = (self._on_sphere(lat1, lon1) * self._on_sphere(lat2, lon2)).sum(axis=1)
        return EARTH_KM * np.arccos(cos_angle)  # whynan: acos_domain phase=data rows=63,206,219,232,258,375 also=nan_in_input

    def bearing(self, frame):
        lat1, lon1, lat2, lon2 = self._radians(frame)
        east = np.sin(lon2 - lon1) * np.cos(lat2)
        north = np.cos(lat1) * np.sin(lat2) - np.sin(lat1) * np.cos(lat2) * np.cos(lon2 - lon1)
        return np.arctan2(east, north)

    def __call__(self, frame):
        angle = self.bearing(frame)
        return np.column_stack([self.great_circle(frame) / 5.0, np.sin(angle), np.cos(angle),
                                np.sin(2 * np.pi * frame["hour"] / 24), np.cos(2 * np.pi * frame["hour"] / 24)])


class DurationModel(keras.Model):
    def __init__(self):
        super().__init__()
        self.hidden = keras.Sequential([keras.layers.Dense(32, activation="silu"), keras.layers.Dense(32, activation="silu")])
        self.head = keras.layers.Dense(1, activation="softplus")

    def call(self, x):
        return tf.squeeze(self.head(self.hidden(x)), -1)

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        # relative error matters more than minutes
        return tf.reduce_mean(tf.abs(tf.math.log1p(y_pred) - tf.math.log1p(y)))


frame = rides()
x = GeoFeatures()(frame).astype("float32")
y = frame["minutes"].to_numpy("float32")
model = DurationModel()
model.compile(keras.optimizers.Adam(2e-3))
model.fit(x, y, batch_size=40, epochs=4, verbose=2)
