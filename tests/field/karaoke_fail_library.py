"""
Karaoke machine: predict how long a track takes to load from the SD card,
from length, bitrate, codec generation and whether it has a duet track.
"""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(5)
rng = np.random.default_rng(5)

N = 1500
seconds = rng.normal(225, 40, N).clip(90, 480).astype("int32")
bitrate = rng.choice([128_000, 192_000, 256_000, 320_000], N).astype("int32")
live_nights = rng.choice(N, 6, replace=False)
seconds[live_nights] = rng.integers(6900, 7400, 6)
bitrate[live_nights] = 320_000
duet = rng.integers(0, 2, N).astype("int32")
generation = rng.integers(1, 4, N).astype("int32")

megabytes = seconds.astype("float64") * bitrate / 8e6
load = 0.4 + megabytes / (4.0 + 3.0 * generation) + 0.3 * duet + rng.normal(0, 0.05, N)
load_log = np.log(load.clip(0.1)).astype("float32")

catalogue = {"seconds": seconds, "bitrate": bitrate, "duet": duet, "generation": generation}


def to_features(song, y):
    log_bytes = tf.math.log(tf.cast(song["seconds"] * song["bitrate"], tf.float32) / 8.0)  # whynan: int_overflow phase=data also=log_of_negative
    x = tf.stack(
        [
            log_bytes - 15.5,
            tf.cast(song["duet"], tf.float32),
            tf.cast(song["generation"], tf.float32) / 3.0,
        ]
    )
    return x, y


train = (
    tf.data.Dataset.from_tensor_slices((catalogue, load_log))
    .shuffle(N, seed=5)
    .map(to_features, num_parallel_calls=2)
    .batch(50)
    .prefetch(2)
)


class LoadTime(keras.Model):
    def __init__(self):
        super().__init__()
        self.a = keras.layers.Dense(24, activation="gelu")
        self.b = keras.layers.Dense(12, activation="gelu")
        self.out = keras.layers.Dense(1)

    def call(self, x):
        return self.out(self.b(self.a(x)))[:, 0]


model = LoadTime()
model.compile(optimizer=keras.optimizers.Adam(3e-3), loss="huber")
model.fit(train, epochs=5, verbose=2)

probe = np.array([[0.3, 0.0, 1 / 3], [0.3, 1.0, 1.0]], "float32")
print("seconds to load:", np.exp(model.predict(probe, verbose=0)))
