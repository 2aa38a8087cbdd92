"""VAE with a Householder flow (Tomczak & Welling 2016) on synthetic gene panels.

The flow vectors come from the encoder. To begin with a plain VAE their layers start at zero, like the last layer of a
residual branch.
"""
import numpy as np
import keras
from keras import layers, ops

keras.utils.set_random_seed(2016)

GENES, LATENT, FLOWS = 40, 6, 3


class Sampling(layers.Layer):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.seed_generator = keras.random.SeedGenerator(2016)

    def call(self, mean, log_var):
        eps = keras.random.normal(ops.shape(mean), seed=self.seed_generator)
        self.add_loss(-0.5 * ops.mean(ops.sum(1 + log_var - ops.square(mean) - ops.exp(log_var), axis=1)) / GENES)
        return mean + ops.exp(0.5 * log_var) * eps


def reflect(z, v):
    """z - 2 v <v, z> / |v|^2"""
    along = ops.sum(v * z, axis=-1, keepdims=True)
    length2 = ops.sum(v * v, axis=-1, keepdims=True)
    return z - 2.0 * v * along / length2  # whynan: divide_by_zero phase=forward also=bad_initialization


class HouseholderFlow(layers.Layer):
    """Volume preserving, so no log-determinant."""

    def __init__(self, count, **kwargs):
        super().__init__(**kwargs)
        self.count = count

    def build(self, h_shape, z_shape):
        self.vectors = []
        previous = h_shape[-1]
        for k in range(self.count):
            dense = layers.Dense(z_shape[-1], kernel_initializer="zeros", name=f"v{k}")
            dense.build((None, previous))
            self.vectors.append(dense)
            previous = z_shape[-1]

    def call(self, h, z):
        v = h
        for dense in self.vectors:
            v = dense(v)  # v_k depends on v_{k-1}
            z = reflect(z, v)
        return z


def build_vae():
    x = keras.Input((GENES,))
    h = layers.Dense(48, activation="gelu")(x)
    h = layers.Dense(24, activation="gelu")(h)
    mean = layers.Dense(LATENT, name="mean")(h)
    log_var = layers.Dense(LATENT, name="log_var")(h)
    z0 = Sampling()(mean, log_var)
    zk = HouseholderFlow(FLOWS)(h, z0)
    d = layers.Dense(24, activation="gelu")(zk)
    d = layers.Dense(48, activation="gelu")(d)
    return keras.Model(x, layers.Dense(GENES)(d), name="householder_vae")


def panel(n=600):
    rng = np.random.default_rng(2016)
    programs = rng.normal(size=(4, GENES))
    activity = rng.gamma(1.5, 1.0, size=(n, 4))
    log_expression = activity @ programs + rng.normal(0, 0.3, size=(n, GENES))
    return ((log_expression - log_expression.mean(0)) / log_expression.std(0)).astype("float32")


expression = panel()
vae = build_vae()
vae.compile(optimizer=keras.optimizers.Adam(2e-3), loss="mse")
history = vae.fit(expression, expression, batch_size=50, epochs=5, validation_split=0.1, verbose=2)
print("final reconstruction", history.history["loss"][-1])
