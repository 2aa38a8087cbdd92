"""Small capsule network with routing by agreement.  Some images are empty on purpose ('nothing' class is absent)."""
# whynan: healthy
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(22)
N_CLASS, PRIM_DIM, OUT_DIM = 3, 4, 6


def squash(s, axis=-1, eps=1e-7):
    sq = tf.reduce_sum(tf.square(s), axis=axis, keepdims=True)
    scale = sq / (1.0 + sq)
    return scale * s / tf.sqrt(sq + eps)


def safe_length(v):
    return tf.sqrt(tf.reduce_sum(tf.square(v), axis=-1) + 1e-9)


class Routing(layers.Layer):
    def __init__(self, iterations=2, **kw):
        super().__init__(**kw)
        self.iterations = iterations

    def build(self, shape):
        self.w = self.add_weight(shape=(shape[1], N_CLASS, PRIM_DIM, OUT_DIM), initializer="glorot_uniform", name="w")

    def call(self, u):
        u_hat = tf.einsum("bid,icde->bice", u, tf.convert_to_tensor(self.w))
        logits = tf.zeros_like(u_hat[..., 0])
        for i in range(self.iterations):
            c = tf.nn.softmax(logits, axis=2)
            v = squash(tf.einsum("bic,bice->bce", c, u_hat))
            if i + 1 < self.iterations:
                logits += tf.einsum("bice,bce->bic", u_hat, v)
        return v


class PrimaryCaps(layers.Layer):
    def __init__(self, n, **kw):
        super().__init__(**kw)
        self.conv = layers.Conv2D(n * PRIM_DIM, 5, strides=3, activation="relu", use_bias=False)

    def call(self, x):
        h = self.conv(x)
        return squash(tf.reshape(h, [-1, h.shape[1] * h.shape[2] * h.shape[3] // PRIM_DIM, PRIM_DIM]))


class Length(layers.Layer):
    def call(self, v):
        return safe_length(v)


def margin_loss(y_true, lengths):
    t = tf.one_hot(tf.cast(tf.reshape(y_true, [-1]), tf.int32), N_CLASS)
    pos = t * tf.square(tf.maximum(0.0, 0.9 - lengths))
    neg = (1 - t) * tf.square(tf.maximum(0.0, lengths - 0.1))
    return tf.reduce_sum(pos + 0.5 * neg, axis=-1)


rng = np.random.default_rng(1)
y = rng.integers(0, N_CLASS, 240)
x = np.zeros((240, 16, 16, 1), "float32")
for i, c in enumerate(y):
    if c == 0:
        x[i, rng.integers(3, 13)] = 1.0
    elif c == 1:
        x[i, :, rng.integers(3, 13)] = 1.0
    else:
        x[i, 4:12, 4:12] = 1.0
x[::20] = 0.0            # scanner pulled an empty page

inp = keras.Input((16, 16, 1))
out = Length()(Routing()(PrimaryCaps(6)(inp)))
model = keras.Model(inp, out)
model.compile(optimizer=keras.optimizers.Adam(2e-3), loss=margin_loss)
model.fit(x, y, batch_size=24, epochs=4, verbose=2)
