"""Soil pH at a planned core from the six nearest boreholes plus a few terrain attributes.

An inverse-distance layer turns the six neighbours into one number and the rest is a small dense network. Some boreholes
were cored again on the same spot, I know about 1/0, therefore the boreholes are moved by one centimetre. The loss is nan
all the same, from the first epoch on.
"""
import keras
import numpy as np
from keras import layers, ops
from sklearn.neighbors import NearestNeighbors

keras.utils.set_random_seed(17)
EASTING, NORTHING = 432_000, 5_412_000  # corner of the sheet, UTM 32N
NUDGE = 0.01  # metres


class InverseDistance(layers.Layer):
    """sum(pH_k / d_k^2) / sum(1 / d_k^2) over the neighbours k."""

    def call(self, site, boreholes, ph):
        d2 = ops.sum(ops.square(ops.expand_dims(site, 1) - boreholes), axis=-1)
        w = 1.0 / d2  # whynan: divide_by_zero phase=forward also=catastrophic_cancellation,clip_misuse
        share = w / ops.sum(w, axis=1, keepdims=True)
        return ops.sum(share * ph, axis=1, keepdims=True)


def survey(rng, n_boreholes=320, n_sites=400):
    def acidity(xy):
        u, v = (xy[:, 0] - EASTING) / 4000.0, (xy[:, 1] - NORTHING) / 4000.0
        return 6.1 + 0.8 * np.sin(3.0 * u) - 0.6 * np.cos(4.0 * v)

    # handheld GPS, noted to the metre
    boreholes = np.stack([EASTING + rng.integers(0, 4000, n_boreholes), NORTHING + rng.integers(0, 4000, n_boreholes)], 1)
    sites = np.stack([EASTING + rng.integers(0, 4000, n_sites), NORTHING + rng.integers(0, 4000, n_sites)], 1)
    cored_again = rng.choice(n_sites, 25, replace=False)
    sites[cored_again] = boreholes[rng.choice(n_boreholes, 25, replace=False)]
    terrain = rng.normal(size=(n_sites, 3))
    borehole_ph = acidity(boreholes) + rng.normal(0.0, 0.1, n_boreholes)
    site_ph = acidity(sites) + 0.15 * terrain[:, 0] + rng.normal(0.0, 0.1, n_sites)
    return boreholes, borehole_ph, sites, terrain, site_ph


def neighbours(boreholes, borehole_ph, sites, k=6):
    index = NearestNeighbors(n_neighbors=k).fit(boreholes).kneighbors(sites, return_distance=False)
    around = boreholes[index].astype("float32") + np.float32(NUDGE)
    return around, borehole_ph[index].astype("float32")


def build(k=6):
    site = keras.Input((2,), name="site")
    around = keras.Input((k, 2), name="boreholes")
    ph = keras.Input((k,), name="ph")
    terrain = keras.Input((3,), name="terrain")
    guess = InverseDistance(name="idw")(site, around, ph)
    z = layers.Concatenate()([guess, terrain])
    z = layers.Dense(16, activation="tanh")(z)
    z = layers.Dense(1)(z)
    return keras.Model([site, around, ph, terrain], layers.Add()([z, guess]))


rng = np.random.default_rng(17)
boreholes, borehole_ph, sites, terrain, site_ph = survey(rng)
around, ph = neighbours(boreholes, borehole_ph, sites)
model = build()
model.compile(optimizer=keras.optimizers.Adam(0.005), loss="mse", metrics=["mae"])
model.fit(
    [sites.astype("float32"), around, ph, terrain.astype("float32")],
    site_ph.astype("float32"),
    batch_size=40,
    epochs=4,
    verbose=2,
)
