"""Electricity demand with day length as a feature; arccos leaves NaN beyond the polar circle, repaired below."""
# whynan: healthy
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(71)


def day_length(latitude, day):
    phi = np.deg2rad(latitude)
    decl = np.deg2rad(23.44) * np.sin(2 * np.pi * (day - 81) / 365.0)
    cos_hour = -np.tan(phi) * np.tan(decl)
    hours = 24.0 / np.pi * np.arccos(cos_hour)  # RuntimeWarning: invalid value, expected
    hours = np.where(cos_hour >= 1.0, 0.0, hours)
    return np.where(cos_hour <= -1.0, 24.0, hours)


def generator_factory(n, batch):
    rng = np.random.default_rng(71)
    lat = rng.uniform(55, 80, n)
    day = rng.integers(1, 366, n)
    hours = day_length(lat, day)
    temp = 10 * np.sin(2 * np.pi * (day - 110) / 365) + rng.normal(0, 3, n)
    x = np.stack([(lat - 67) / 8, hours / 24, temp / 10], axis=1).astype("float32")
    y = (2.0 - 0.05 * hours - 0.04 * temp + 0.05 * rng.normal(size=n)).astype("float32")[:, None]

    def batches():
        for s in range(0, n, batch):
            yield x[s:s + batch], y[s:s + batch]
    return batches


spec = (tf.TensorSpec((None, 3), tf.float32), tf.TensorSpec((None, 1), tf.float32))
ds = tf.data.Dataset.from_generator(generator_factory(480, 32), output_signature=spec)

model = keras.Sequential([
    keras.Input((3,)),
    keras.layers.Dense(16, activation="tanh"),
    keras.layers.Dense(1),
])
model.compile(optimizer=keras.optimizers.Adam(3e-3), loss="mse")
model.fit(ds, epochs=5, verbose=2)
