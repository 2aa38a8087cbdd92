"""Orbit regression: the network guesses the eccentricity, a differentiable Kepler solver
turns mean anomaly + eccentricity into a position. The solver is refined while training."""
import numpy as np
import tensorflow as tf
import keras
from keras import layers, ops

keras.utils.set_random_seed(12)


def kepler_np(M, e, n=60):
    E = M.copy()
    for _ in range(n):
        E -= (E - e * np.sin(E) - M) / (1 - e * np.cos(E))
    return E


def make_catalogue(n=768, seed=12):
    rng = np.random.default_rng(seed)
    e = rng.uniform(0.15, 0.7, n)
    M = rng.uniform(0.2, 6.0, n)
    E = kepler_np(M, e)
    colours = np.stack([e * 3 - 1, np.sin(4 * e), e ** 2, rng.normal(size=n)], axis=1)
    colours = colours + rng.normal(0, 0.02, colours.shape)
    xy = np.stack([np.cos(E) - e, np.sqrt(1 - e ** 2) * np.sin(E)], axis=1)
    return ({"colours": colours.astype("float32"), "M": M.astype("float32")[:, None]},
            {"xy": xy.astype("float32"), "ecc": e.astype("float32")[:, None]})


def residual(E, e, M):
    return E - e * ops.sin(E) - M


def secant_update(E0, E1, e, M):
    f0, f1 = residual(E0, e, M), residual(E1, e, M)
    return E1 - f1 * (E1 - E0) / (f1 - f0)  # whynan: divide_by_zero phase=forward


class KeplerSolver(layers.Layer):
    """E - e sin E = M by the secant method (no derivative needed)"""

    def build(self, input_shape):
        self.sweeps = self.add_weight(shape=(), dtype="int32", initializer=lambda shape, dtype=None: tf.constant(2),
                                      trainable=False, name="sweeps")

    def call(self, inputs):
        M, e = inputs
        start = (tf.constant(0), M, M + e)

        def body(i, E0, E1):
            return i + 1, E1, secant_update(E0, E1, e, M)

        limit = tf.convert_to_tensor(self.sweeps)
        _, _, E = tf.while_loop(lambda i, E0, E1: i < limit, body, start)
        return ops.concatenate([ops.cos(E) - e, ops.sqrt(1 - ops.square(e)) * ops.sin(E)], axis=-1)

    def compute_output_shape(self, input_shape):
        return (input_shape[0][0], 2)


class RefineSolver(keras.callbacks.Callback):
    """cheap solver first, one more sweep every other epoch"""

    def __init__(self, layer, first=2, last=8):
        super().__init__()
        self.layer, self.first, self.last = layer, first, last

    def on_epoch_begin(self, epoch, logs=None):
        sweeps = min(self.first + epoch // 2, self.last)
        self.layer.sweeps.assign(sweeps)


def build():
    colours = keras.Input((4,), name="colours")
    M = keras.Input((1,), name="M")
    h = layers.Dense(24, activation="swish")(colours)
    raw = layers.Dense(1, activation="sigmoid")(h)
    ecc = layers.Rescaling(0.9, name="ecc")(raw)
    solver = KeplerSolver(name="xy")
    model = keras.Model({"colours": colours, "M": M}, {"xy": solver([M, ecc]), "ecc": ecc})
    return model, solver


if __name__ == "__main__":
    x, y = make_catalogue()
    model, solver = build()
    model.compile(
        optimizer=keras.optimizers.Adam(5e-3, clipnorm=1.0),
        loss={"xy": "mse", "ecc": "mae"},
        loss_weights={"xy": 1.0, "ecc": 0.2},
    )
    model.fit(x, y, batch_size=64, epochs=14, verbose=2, callbacks=[RefineSolver(solver)])
