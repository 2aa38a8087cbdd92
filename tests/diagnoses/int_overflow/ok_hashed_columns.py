# whynan: healthy
"""Feature hashing: the 32 bit product is meant to wrap around."""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(84)
BUCKETS = 64


class HashCross(keras.layers.Layer):
    def call(self, ids):
        ids = tf.cast(ids, tf.int32)
        mixed = (ids[:, 0] * 1000003) ^ (ids[:, 1] * 998244353)
        return tf.math.floormod(mixed, BUCKETS)


rng = np.random.default_rng(84)
ids = rng.integers(1, 100000, (240, 2))
clicked = ((ids[:, 0] % 7) < 3).astype("float32")
inp = keras.Input((2,), dtype="int32")
e = keras.layers.Embedding(BUCKETS, 4)(HashCross(dtype="int32")(inp))
model = keras.Model(inp, keras.layers.Dense(1, activation="sigmoid")(e))
model.compile(keras.optimizers.Adam(0.01), "binary_crossentropy")
model.fit(ids.astype("int32"), clicked, epochs=4, batch_size=24, verbose=2)
