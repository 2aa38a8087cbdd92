# How well will a concert be rated, given the songs of its set list?
# One attention block over the (up to) 12 songs, then a small head.
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(77)
rng = np.random.default_rng(77)

N_SHOWS, MAX_SONGS, N_FEAT = 600, 12, 7
# tempo, energy, danceability, years since release, plays on radio, sing-along score,
# and where in the show the song comes (openers and closers are special)
songs = rng.normal(size=(N_SHOWS, MAX_SONGS, N_FEAT)).astype("float32")
songs[:, :, 6] = np.linspace(-1, 1, MAX_SONGS)
present = np.ones((N_SHOWS, MAX_SONGS), "float32")

# three shows ended early (rain, rain, power cut)
for show, played in {41: 7, 307: 5, 455: 9}.items():
    present[show, played:] = 0.0
    songs[show, played:] = 0.0

closing = songs[:, -1, 1]
rating = (
    3.6
    + 0.3 * songs[:, :, 5].mean(axis=1) * 3
    + 0.25 * closing
    - 0.1 * songs[:, :, 3].std(axis=1)
    + rng.normal(0, 0.15, N_SHOWS)
).astype("float32")


class SongAttention(layers.Layer):
    def __init__(self, units, **kw):
        super().__init__(**kw)
        self.units = units
        self.to_q = layers.Dense(units, use_bias=False)
        self.to_k = layers.Dense(units, use_bias=False)
        self.to_v = layers.Dense(units)

    def call(self, x, present):
        q, k, v = self.to_q(x), self.to_k(x), self.to_v(x)
        scores = tf.matmul(q, k, transpose_b=True) / self.units ** 0.5
        scores = tf.where(present[:, None, :] > 0, scores, -np.inf)
        attn = tf.nn.softmax(scores, axis=1)  # whynan: softmax_all_masked phase=forward rows=41,307,455
        return tf.matmul(attn, v)


class MeanOverSongs(layers.Layer):
    def call(self, x, present):
        w = present[:, :, None]
        return tf.reduce_sum(x * w, axis=1) / tf.reduce_sum(w, axis=1)


song_in = keras.Input((MAX_SONGS, N_FEAT), name="songs")
mask_in = keras.Input((MAX_SONGS,), name="present")

x = layers.Dense(16)(song_in)
h = SongAttention(16, name="attention")(x, mask_in)
h = layers.LayerNormalization()(x + h)
pooled = MeanOverSongs(name="show_vector")(h, mask_in)
z = layers.Dense(16, activation="gelu")(pooled)
out = layers.Dense(1, name="rating")(z)

model = keras.Model([song_in, mask_in], out)
model.compile(optimizer=keras.optimizers.Adam(3e-3), loss="mse", metrics=["mae"])

hist = model.fit([songs, present], rating, batch_size=32, epochs=6, verbose=2)

pred = model.predict([songs[:5], present[:5]], verbose=0).ravel()
for p, r in zip(pred, rating):
    print(f"predicted {p:.2f}   rated {r:.2f}")
