# Bilinear CNN with signed square root + l2 for leaf textures. Many entries of the outer product are
# exactly 0 (relu features), sqrt has an infinite slope there, but training is stable. Luck?
# whynan: healthy
# (upstream is multiplied with sign(0) = 0 and TF's SqrtGrad(0, 0) is 0)
import numpy as np
import keras
import tensorflow as tf
from keras import layers, ops

keras.utils.set_random_seed(53)


def signed_sqrt(z):
    return ops.sign(z) * ops.sqrt(ops.abs(z))


class BilinearPooling(layers.Layer):
    def call(self, fmap):
        b, c = ops.shape(fmap)[0], fmap.shape[-1]
        positions = fmap.shape[1] * fmap.shape[2]
        flat = ops.reshape(fmap, (b, positions, c))
        outer = ops.matmul(ops.transpose(flat, (0, 2, 1)), flat) / positions
        z = signed_sqrt(ops.reshape(outer, (b, c * c)))
        return tf.math.l2_normalize(z, axis=-1)


def leaves(n=320):
    rng = np.random.default_rng(53)
    kind = rng.integers(0, 3, n)
    yy, xx = np.mgrid[0:12, 0:12]
    img = np.empty((n, 12, 12, 1), "float32")
    for i, k in enumerate(kind):
        img[i, ..., 0] = np.sin((xx * (k + 1) + yy) * 0.6 + rng.uniform(0, 6)) + rng.normal(0, 0.2, (12, 12))
    img[::40] = 0.0                     # empty slots of the tray
    return img, kind.astype("int32")


inp = keras.Input((12, 12, 1))
f = layers.Conv2D(8, 3, activation="relu", use_bias=False)(inp)
f = layers.Conv2D(8, 3, activation="relu", use_bias=False)(f)
out = layers.Dense(3)(BilinearPooling()(f))
model = keras.Model(inp, out)
model.compile(keras.optimizers.Adam(1e-3), loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
x, y = leaves()
model.fit(x, y, batch_size=32, epochs=6, verbose=2)
