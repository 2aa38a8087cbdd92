"""Biochar yield from pyrolysis conditions, with uncertainty: Bayes-by-backprop layers in Keras 3."""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(33)

N_RUNS = 1600


class VariationalDense(keras.layers.Layer):
    """Dense layer with an independent Gaussian posterior per weight and a N(0, 1) prior."""

    def __init__(self, units, kl_weight, activation=None, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.kl_weight = kl_weight
        self.activation = keras.activations.get(activation)

    def build(self, input_shape):
        shape = (int(input_shape[-1]), self.units)
        self.mu = self.add_weight(shape=shape, initializer="glorot_uniform", name="mu")
        self.sigma = self.add_weight(
            shape=shape, initializer=keras.initializers.Constant(0.03), name="sigma"
        )
        self.bias = self.add_weight(shape=(self.units,), initializer="zeros", name="bias")

    def call(self, x):
        mu = tf.convert_to_tensor(self.mu)
        sigma = tf.convert_to_tensor(self.sigma)
        w = mu + sigma * tf.random.normal(sigma.shape)
        kl = tf.reduce_sum(0.5 * (tf.square(sigma) + tf.square(mu) - 1.0) - tf.math.log(sigma))  # whynan: unconstrained_scale phase=forward|loss also=log_of_negative
        self.add_loss(self.kl_weight * kl)
        return self.activation(tf.matmul(x, w) + self.bias)

    def compute_output_shape(self, input_shape):
        return (input_shape[0], self.units)


def pyrolysis_runs(n, seed):
    rng = np.random.default_rng(seed)
    temperature = rng.uniform(300, 800, n)
    heating_rate = rng.uniform(5, 60, n)
    residence = rng.uniform(10, 120, n)
    moisture = rng.uniform(2, 20, n)
    ash = rng.gamma(2, 2, n)
    lignin = rng.uniform(10, 35, n)
    char = (
        55 - 0.05 * (temperature - 300) - 0.08 * heating_rate - 0.02 * residence
        + 0.4 * lignin + 0.6 * ash - 0.1 * moisture + rng.normal(0, 1.5, n)
    )
    X = np.column_stack([temperature, heating_rate, residence, moisture, ash, lignin])
    return X, char


def standardise(a):
    return ((a - a.mean(axis=0)) / a.std(axis=0)).astype("float32")


def main():
    X, char = pyrolysis_runs(N_RUNS, seed=10)
    X, y = standardise(X), standardise(char)[:, None]
    model = keras.Sequential(
        [
            keras.Input((X.shape[1],)),
            VariationalDense(32, kl_weight=1.0 / N_RUNS, activation="tanh"),
            VariationalDense(16, kl_weight=1.0 / N_RUNS, activation="tanh"),
            VariationalDense(1, kl_weight=1.0 / N_RUNS),
        ]
    )
    model.compile(optimizer=keras.optimizers.Adam(0.02), loss="mse", jit_compile=False)
    model.fit(X, y, batch_size=32, epochs=10, verbose=2)

    draws = np.stack([model.predict(X[:5], verbose=0)[:, 0] for _ in range(20)])
    for mean, std in zip(draws.mean(axis=0), draws.std(axis=0)):
        print(f"yield (standardised) {mean:+.2f} +- {std:.2f}")


main()
