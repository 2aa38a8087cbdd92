"""Surrogate of a Fresnel reflectance table (glass block in water / oil / air).

Beyond the critical angle arcsin(n1/n2*sin(theta)) is NaN: that is how we recognise total
reflection, R = 1 there.
"""
# whynan: healthy
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(48)

MEDIA = {"air": 1.000, "water": 1.333, "oil": 1.47, "glass": 1.52, "flint": 1.65}


class Interface:
    def __init__(self, n1, n2):
        self.n1, self.n2 = n1, n2

    def refraction_angle(self, theta):
        with np.errstate(invalid="ignore"):
            return np.arcsin(self.n1 / self.n2 * np.sin(theta))

    def amplitudes(self, theta):
        out = self.refraction_angle(theta)
        ci, co = np.cos(theta), np.cos(out)
        rs = (self.n1 * ci - self.n2 * co) / (self.n1 * ci + self.n2 * co)
        rp = (self.n2 * ci - self.n1 * co) / (self.n2 * ci + self.n1 * co)
        return rs, rp

    def reflectance(self, theta):
        rs, rp = self.amplitudes(theta)
        r = 0.5 * (rs**2 + rp**2)
        r[np.isnan(r)] = 1.0                 # total internal reflection
        return r


def table(n_angles=120, seed=48):
    rng = np.random.default_rng(seed)
    rows, target = [], []
    for a in MEDIA.values():
        for b in MEDIA.values():
            if a == b:
                continue
            theta = rng.uniform(0.0, np.radians(88.0), n_angles)
            r = Interface(a, b).reflectance(theta)
            rows.append(np.stack([np.full(n_angles, a), np.full(n_angles, b), theta], axis=1))
            target.append(r)
    return np.concatenate(rows).astype("float32"), np.concatenate(target).astype("float32")


def with_geometry(x, y):
    n1, n2, theta = tf.unstack(x, axis=-1)
    feats = tf.stack([n1 / n2 - 1.0, n2 / n1 - 1.0, tf.sin(theta), tf.cos(theta)], axis=-1)
    return feats, y[..., tf.newaxis]


x, y = table()
ds = (
    tf.data.Dataset.from_tensor_slices((x, y))
    .shuffle(len(x), seed=1)
    .batch(64)
    .map(with_geometry)
    .prefetch(2)
)

inputs = keras.Input(shape=(4,))
h = keras.layers.Dense(32, activation="tanh")(inputs)
h = keras.layers.Dense(32, activation="tanh")(h)
outputs = keras.layers.Dense(1, activation="sigmoid")(h)
model = keras.Model(inputs, outputs)
model.compile(optimizer=keras.optimizers.Adam(3e-3), loss="mse", metrics=["mae"])
model.fit(ds, epochs=6, verbose=2)
