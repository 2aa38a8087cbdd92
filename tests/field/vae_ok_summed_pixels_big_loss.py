# whynan: healthy
# summed (not averaged) reconstruction, loss starts in the hundreds of thousands per batch - Adam does not care
import numpy as np
import keras
from keras import layers, ops

keras.utils.set_random_seed(13)


def strokes(n=512, size=28):
    rng = np.random.default_rng(0)
    yy, xx = np.mgrid[:size, :size] / size
    ang = rng.uniform(0, np.pi, n)[:, None, None]
    off = rng.uniform(0.3, 0.7, n)[:, None, None]
    d = np.abs(np.cos(ang) * (xx - off) + np.sin(ang) * (yy - off))
    return (d < 0.06).astype("float32").reshape(n, -1)


class Reparam(layers.Layer):
    def __init__(self):
        super().__init__()
        self.seed = keras.random.SeedGenerator(1)

    def call(self, t):
        mean, logvar = ops.split(t, 2, axis=-1)
        logvar = 4.0 * ops.tanh(logvar / 4.0)
        kl = 0.5 * ops.sum(ops.exp(logvar) + mean ** 2 - 1.0 - logvar)
        self.add_loss(kl)
        return mean + ops.exp(0.5 * logvar) * keras.random.normal(ops.shape(mean), seed=self.seed)


def summed_bce(y, logits):
    return ops.sum(ops.binary_crossentropy(y, logits, from_logits=True))


inp = keras.Input((784,))
h = layers.Dense(64, activation="relu")(inp)
z = Reparam()(layers.Dense(2 * 6)(h))
out = layers.Dense(784)(layers.Dense(64, activation="relu")(z))
vae = keras.Model(inp, out)
vae.compile(optimizer=keras.optimizers.Adam(2e-3), loss=summed_bce)
x = strokes()
vae.fit(x, x, batch_size=256, epochs=15, verbose=2)
