# Normalised RBF network (Moody & Darken) for concrete strength, compiled with XLA.
# Goes to nan in the first epoch, at a different batch whenever I change the shuffle seed.
import numpy as np
import keras
from keras import layers, ops

keras.utils.set_random_seed(31)


def load_mixes(n=480):
    rng = np.random.default_rng(31)
    x = rng.normal(size=(n, 4)).astype("float32")          # already standardised by the lab
    y = np.sin(x[:, 0]) + 0.5 * x[:, 1] * x[:, 2] - 0.3 * x[:, 3] + rng.normal(0, 0.1, n)
    x[137] = [55.0, -61.0, 48.0, 59.0]                     # kg instead of standardised units
    return x, y.astype("float32")[:, None]


def squared_distance(a, b):
    return ops.sum(ops.square(a[:, None, :] - b[None, :, :]), axis=-1)


class NormalisedRBF(layers.Layer):
    def __init__(self, centres, gamma=0.3, **kwargs):
        super().__init__(**kwargs)
        self.n, self.gamma = centres, gamma

    def build(self, input_shape):
        self.centres = self.add_weight(
            shape=(self.n, input_shape[-1]), initializer=keras.initializers.RandomNormal(stddev=1.0), name="centres")

    def memberships(self, x):
        return ops.exp(-self.gamma * squared_distance(x, self.centres))

    def call(self, x):
        phi = self.memberships(x)
        total = ops.sum(phi, axis=-1, keepdims=True)
        return phi / total  # whynan: exp_underflow phase=forward rows=137 also=divide_by_zero


def build_network():
    inp = keras.Input((4,))
    basis = NormalisedRBF(30)(inp)
    linear = layers.Dense(1, use_bias=False)(basis)
    return keras.Model(inp, linear)


x, y = load_mixes()
net = build_network()
net.compile(keras.optimizers.Adam(0.02), loss="mse", jit_compile=True)
net.fit(x, y, batch_size=32, epochs=4, shuffle=True, verbose=2)
