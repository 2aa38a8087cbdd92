"""Delays at 64 airports in the next hour, with a spectral graph convolution over the route network.

Order 25 is what the paper uses. With order 5 it trains, with 25 the loss is nan in the first batch. Delays are
standardised, the learning rate does not matter and clipping does not matter either.
"""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(64)


def route_network(n=64, hubs=(0, 1, 2), seed=64):
    rng = np.random.default_rng(seed)
    routes = (rng.random((n, n)) < 0.05).astype("float32")
    for hub in hubs:
        routes[hub, rng.random(n) < 0.85] = 1.0
    routes = np.maximum(routes, routes.T)
    np.fill_diagonal(routes, 0.0)
    return routes


def laplacian(routes):
    return (np.diag(routes.sum(axis=1)) - routes).astype("float32")


class Delays(keras.utils.PyDataset):
    """Windows of the last six hours at all airports; the target is the hour that follows."""

    def __init__(self, routes, hours=700, history=6, batch_size=32, **kwargs):
        super().__init__(**kwargs)
        rng = np.random.default_rng(3)
        spread = routes / np.maximum(routes.sum(axis=1, keepdims=True), 1.0)
        delay = np.zeros((hours, len(routes)))
        for t in range(1, hours):
            delay[t] = 0.6 * delay[t - 1] + 0.3 * spread @ delay[t - 1] + rng.normal(0, 1, len(routes))
        self.delay = ((delay - delay.mean()) / delay.std()).astype("float32")
        self.history, self.batch_size = history, batch_size
        self.starts = rng.permutation(hours - history)

    def __len__(self):
        return len(self.starts) // self.batch_size

    def __getitem__(self, index):
        starts = self.starts[index * self.batch_size:(index + 1) * self.batch_size]
        x = np.stack([self.delay[s:s + self.history].T for s in starts])
        y = np.stack([self.delay[s + self.history] for s in starts])
        return x, y


class ChebyshevConv(keras.layers.Layer):
    def __init__(self, units, operator, order, **kwargs):
        super().__init__(**kwargs)
        self.units, self.order = units, order
        self.operator = tf.constant(operator)

    def build(self, input_shape):
        self.mix = self.add_weight(shape=(self.order, input_shape[-1], self.units),
                                   initializer="glorot_uniform", name="mix")
        self.shift = self.add_weight(shape=(self.units,), initializer="zeros", name="shift")

    def hop(self, signal):
        return tf.einsum("nm,bmf->bnf", self.operator, signal)  # whynan: exploding_gradient phase=forward also=unscaled_input,exploding_activation

    def call(self, x):
        terms = [x, self.hop(x)]
        while len(terms) < self.order:
            terms.append(2.0 * self.hop(terms[-1]) - terms[-2])
        out = tf.einsum("kbnf,kfu->bnu", tf.stack(terms), self.mix)
        return tf.tanh(out + self.shift)


def build(operator, history, order):
    n = operator.shape[0]
    inputs = keras.Input((n, history))
    x = ChebyshevConv(16, operator, order, name="spectral")(inputs)
    x = keras.layers.Dense(1)(x)
    return keras.Model(inputs, keras.layers.Reshape((n,))(x))


if __name__ == "__main__":
    routes = route_network()
    data = Delays(routes)
    model = build(laplacian(routes), data.history, order=25)
    model.compile(optimizer=keras.optimizers.Adam(1e-3, global_clipnorm=1.0), loss="mse")
    model.fit(data, epochs=2, verbose=2)
