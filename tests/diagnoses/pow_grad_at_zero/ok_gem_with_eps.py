# whynan: healthy
"""GeM pooling as published: clamp to 1e-6 before the power."""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(47)
rng = np.random.default_rng(47)
pictures = rng.normal(size=(160, 6, 6, 3)).astype("float32")
shop = rng.integers(0, 4, 160)


class GeM(layers.Layer):
    def build(self, shape):
        self.p = self.add_weight(shape=(), initializer=keras.initializers.Constant(3.0))

    def call(self, fmap):
        return tf.reduce_mean(tf.maximum(fmap, 1e-6) ** self.p, axis=[1, 2]) ** (1.0 / self.p)


model = keras.Sequential([
    keras.Input((6, 6, 3)),
    layers.Conv2D(24, 3, strides=2, activation="relu", bias_initializer=keras.initializers.Constant(-1.0)),
    GeM(),
    layers.Dense(4),
])
model.compile(keras.optimizers.Adam(1e-3), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
model.fit(pictures, shop, epochs=3, batch_size=32, verbose=2)
