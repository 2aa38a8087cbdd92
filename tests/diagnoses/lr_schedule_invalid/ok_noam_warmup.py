# whynan: healthy
"""'Attention is all you need' schedule: rsqrt(0) is inf, but the minimum picks the warm-up branch."""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(58)


class Noam(keras.optimizers.schedules.LearningRateSchedule):
    def __init__(self, width, warmup=20):
        self.width, self.warmup = width, warmup

    def __call__(self, step):
        step = tf.cast(step, tf.float32)
        return tf.math.rsqrt(float(self.width)) * tf.minimum(tf.math.rsqrt(step), step * self.warmup ** -1.5)


rng = np.random.default_rng(58)
tokens = rng.integers(0, 20, size=(160, 8))
label = tokens.max(1) // 10
inp = keras.Input((8,), dtype="int32")
e = keras.layers.Embedding(20, 16)(inp)
a = keras.layers.MultiHeadAttention(2, 8)(e, e)
h = keras.layers.GlobalAveragePooling1D()(keras.layers.LayerNormalization()(e + a))
model = keras.Model(inp, keras.layers.Dense(2, activation="softmax")(h))
model.compile(keras.optimizers.Adam(Noam(16)), "sparse_categorical_crossentropy")
model.fit(tokens, label, epochs=4, batch_size=20, verbose=2)
