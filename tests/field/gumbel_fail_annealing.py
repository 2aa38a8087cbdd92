"""Autoencoder with a categorical bottleneck (Gumbel softmax), temperature annealed by a callback."""
import numpy as np
import keras
from keras import layers, ops

keras.utils.set_random_seed(13)
GROUPS, CODES = 6, 8


class LinearAnnealing(keras.callbacks.Callback):
    """tau goes down by `rate` in every epoch, never below `minimum`"""

    def __init__(self, layer, start=1.0, rate=0.25, minimum=0.0):
        super().__init__()
        self.layer, self.start, self.rate, self.minimum = layer, start, rate, minimum

    def on_epoch_begin(self, epoch, logs=None):
        self.layer.tau.assign(max(self.start - self.rate * epoch, self.minimum))

    def on_epoch_end(self, epoch, logs=None):
        print(f"epoch {epoch}: tau={float(self.layer.tau.numpy()):.2f} loss={logs['loss']:.4f}")


def gumbel_noise(shape, seed):
    u = keras.random.uniform(shape, minval=1e-5, maxval=1.0 - 1e-5, seed=seed)
    return -ops.log(-ops.log(u))


class GumbelSoftmax(layers.Layer):
    def __init__(self, **kw):
        super().__init__(**kw)
        self.seeds = keras.random.SeedGenerator(99)
        self.tau = self.add_weight(shape=(), initializer="ones", trainable=False, name="tau")

    def relax(self, logits, noise):
        return ops.softmax((logits + noise) / self.tau, axis=-1)  # whynan: divide_by_zero phase=forward also=clip_misuse

    def call(self, logits, training=False):
        logits = ops.reshape(logits, (-1, GROUPS, CODES))
        if not training:
            return ops.reshape(ops.one_hot(ops.argmax(logits, -1), CODES), (-1, GROUPS * CODES))
        sample = self.relax(logits, gumbel_noise(ops.shape(logits), self.seeds))
        return ops.reshape(sample, (-1, GROUPS * CODES))


def build(n_features):
    bottleneck = GumbelSoftmax(name="codes")
    x = keras.Input((n_features,))
    h = layers.Dense(48, activation="relu")(x)
    z = bottleneck(layers.Dense(GROUPS * CODES)(h))
    h = layers.Dense(48, activation="relu")(z)
    return keras.Model(x, layers.Dense(n_features)(h)), bottleneck


rng = np.random.default_rng(6)
prototypes = rng.normal(size=(12, 24))
X = (prototypes[rng.integers(0, 12, 512)] + 0.1 * rng.normal(size=(512, 24))).astype("float32")
model, bottleneck = build(X.shape[1])
model.compile(optimizer=keras.optimizers.Adam(3e-3), loss="mse")
model.fit(X, X, batch_size=64, epochs=7, verbose=0, callbacks=[LinearAnnealing(bottleneck)])
