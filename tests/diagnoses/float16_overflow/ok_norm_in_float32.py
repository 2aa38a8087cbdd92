# whynan: healthy
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(36)
keras.mixed_precision.set_global_policy("mixed_float16")


class UnitLength(keras.layers.Layer):
    def call(self, x):
        wide = tf.cast(x, tf.float32)
        length = tf.sqrt(tf.reduce_sum(wide * wide, -1, keepdims=True) + 1e-6)
        return tf.cast(wide / length, x.dtype)


rng = np.random.default_rng(36)
label = rng.integers(0, 3, 180)
x = (rng.normal(size=(180, 128)) * 40 + np.eye(3)[label].repeat(43, 1)[:, :128] * 60).astype("float32")
inp = keras.Input((128,))
h = keras.layers.Dense(16, activation="relu")(UnitLength()(inp))
out = keras.layers.Dense(3, activation="softmax", dtype="float32")(h)
model = keras.Model(inp, out)
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(x, label, epochs=4, batch_size=20, verbose=2)
