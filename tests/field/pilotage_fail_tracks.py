"""Does an inbound vessel take a pilot? Twelve AIS fixes per approach, one attention block."""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(5)
rng = np.random.default_rng(5)

N, T, F = 1600, 12, 5


def simulate():
    draught = rng.uniform(3, 14, N)
    length = 40 + 18 * draught + rng.normal(0, 20, N)
    speed0 = rng.uniform(7, 15, N)
    k = np.arange(T)
    tracks = np.zeros((N, T, F), "float32")
    tracks[:, :, 0] = (speed0[:, None] - 0.4 * k + rng.normal(0, 0.4, (N, T)) - 9) / 3
    tracks[:, :, 1] = np.cumsum(rng.normal(0, 0.15, (N, T)), axis=1)        # cross-track, nm
    tracks[:, :, 2] = (12 - k) / 12                                         # distance to the boarding ground
    tracks[:, :, 3] = ((draught - 8.5) / 3)[:, None]
    tracks[:, :, 4] = ((length - 190) / 65)[:, None]
    score = 0.9 * (length - 190) / 65 + 0.8 * (draught - 8.5) / 3 - 0.5 * tracks[:, -1, 0]
    label = (score + rng.normal(0, 0.5, N) > 0).astype("float32")
    return tracks, label


tracks, took_pilot = simulate()

# two approaches where the receiver lost the ship before the boarding ground
n_fixes = np.full(N, T)
n_fixes[[412, 1033]] = (9, 7)
valid = (np.arange(T) < n_fixes[:, None]).astype("float32")
tracks *= valid[:, :, None]


class TrackAttention(layers.Layer):
    def __init__(self, dim, **kw):
        super().__init__(**kw)
        self.dim = dim
        self.q = layers.Dense(dim, use_bias=False)
        self.k = layers.Dense(dim, use_bias=False)
        self.v = layers.Dense(dim)

    def build(self, shapes):
        for d in (self.q, self.k, self.v):
            d.build(shapes[0])
        super().build(shapes)

    def call(self, inputs):
        x, ok = inputs
        scores = tf.matmul(self.q(x), self.k(x), transpose_b=True) / np.sqrt(self.dim).astype("float32")
        scores = tf.where(ok[:, tf.newaxis, :] > 0, scores, -np.inf)
        att = tf.nn.softmax(scores, axis=1)  # whynan: softmax_all_masked phase=forward rows=412,1033
        return tf.matmul(att, self.v(x))


class MeanOverFixes(layers.Layer):
    def call(self, inputs):
        x, ok = inputs
        ok = ok[:, :, tf.newaxis]
        return tf.reduce_sum(x * ok, axis=1) / tf.reduce_sum(ok, axis=1)


inp = keras.Input((T, F), name="fixes")
ok = keras.Input((T,), name="valid")
h = layers.Dense(24, activation="tanh")(inp)
h = layers.Add()([h, TrackAttention(24)([h, ok])])
h = layers.LayerNormalization()(h)
h = MeanOverFixes()([h, ok])
h = layers.Dense(16, activation="tanh")(h)
out = layers.Dense(1, activation="sigmoid")(h)
model = keras.Model([inp, ok], out)

model.compile(optimizer=keras.optimizers.Adam(2e-3), loss="binary_crossentropy", metrics=["accuracy"])
model.fit([tracks, valid], took_pilot, batch_size=32, epochs=6, validation_split=0.2, verbose=2)
