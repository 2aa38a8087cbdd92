# Coordinate network for a digital elevation model: (lon, lat) in [0,1] -> height.
# Residual blocks. With the default init it's boring but works, I wanted more high frequencies.
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(37)
WIDTH, BLOCKS = 256, 10


def wide_init():
    # larger spread than glorot
    return keras.initializers.RandomNormal(0.5)


class ResidualBlock(layers.Layer):
    def __init__(self, width, **kw):
        super().__init__(**kw)
        self.fc1 = layers.Dense(width, activation="relu", kernel_initializer=wide_init())
        self.fc2 = layers.Dense(width, kernel_initializer=wide_init())

    def build(self, shape):
        self.fc1.build(shape)
        self.fc2.build(shape)

    def call(self, x):
        return x + self.fc2(self.fc1(x))  # whynan: bad_initialization phase=forward also=exploding_gradient


class ElevationField(keras.Model):
    def __init__(self):
        super().__init__()
        self.stem = layers.Dense(WIDTH, kernel_initializer=wide_init())
        self.blocks = [ResidualBlock(WIDTH, name=f"block{i}") for i in range(BLOCKS)]
        self.head = layers.Dense(1)

    def call(self, coords):
        h = self.stem(coords)
        for block in self.blocks:
            h = block(h)
        return self.head(h)


def dem(n=1024):
    rng = np.random.default_rng(1)
    c = rng.uniform(0.02, 1.0, (n, 2)).astype("float32")
    h = np.sin(9 * c[:, 0]) * np.cos(7 * c[:, 1])
    return c, h.astype("float32")[:, None]


coords, height = dem()
ds = tf.data.Dataset.from_tensor_slices((coords, height)).shuffle(1024, seed=1).batch(128)
field = ElevationField()
field.compile(optimizer=keras.optimizers.Adam(1e-4), loss="mse")
field.fit(ds, epochs=2, verbose=2)
