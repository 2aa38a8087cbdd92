"""Groundwater level at private wells from the official wells around them plus land cover.

The layer takes a distance-weighted mean of the official levels, with a range that is learned. nan from the very first
batch. Levels and land cover are standardised; only the coordinates stay in metres, since the range is in metres too.
"""
import keras
import numpy as np
from keras import layers, ops

keras.utils.set_random_seed(77)


def valley(n, rng):
    east = rng.uniform(504_000, 524_000, n)
    north = rng.uniform(5_392_000, 5_407_000, n)
    head = 3.0 * np.sin(east / 4000.0) + 2.0 * np.cos(north / 3000.0) + rng.normal(0, 0.2, n)
    return np.stack([east, north], 1).astype("float32"), head.astype("float32")


class NeighbourMean(layers.Layer):
    def __init__(self, sites, levels, **kwargs):
        super().__init__(**kwargs)
        self.sites = sites
        self.levels = levels.reshape(-1, 1)

    def build(self, input_shape):
        self.reach = self.add_weight(shape=(), initializer=keras.initializers.Constant(1500.0), name="reach")

    def call(self, here):
        squared = (
            ops.sum(here * here, axis=-1, keepdims=True)
            + ops.sum(self.sites * self.sites, axis=-1)
            - 2.0 * ops.matmul(here, ops.transpose(self.sites))
        )
        metres = ops.sqrt(squared + 1e-6)  # whynan: catastrophic_cancellation phase=forward also=sqrt_of_negative
        share = ops.softmax(-metres / self.reach, axis=-1)
        return ops.matmul(share, self.levels)


def build(sites, levels):
    here = keras.Input((2,), name="here")
    cover = keras.Input((4,), name="cover")
    around = NeighbourMean(sites, levels)(here)
    h = layers.Concatenate()([around, cover])
    h = layers.Dense(24, activation="tanh")(h)
    return keras.Model([here, cover], layers.Dense(1)(h))


rng = np.random.default_rng(19)
sites, levels = valley(160, rng)
wells, head = valley(900, rng)
cover = rng.dirichlet(np.ones(4), 900).astype("float32")
centre, spread = levels.mean(), levels.std()

model = build(sites, (levels - centre) / spread)
model.compile(optimizer=keras.optimizers.Adam(2e-3, clipnorm=1.0), loss="mse")
model.fit([wells, cover], (head + cover[:, 0] - centre) / spread, batch_size=32, epochs=6, validation_split=0.1, verbose=2)
