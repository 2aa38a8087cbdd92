"""Expected overdraft of current accounts at the end of the month.

Latent shortfall ~ Normal(planned outflow - balance + correction, sigma), known to be above zero for the accounts in this
table (all of them were flagged by the early warning system).  The expectation is taken over a few draws so that later the
same code can be used with other cost functions.
"""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(404)
SQRT2 = float(np.sqrt(2.0))


def accounts(n=1400, seed=12):
    rng = np.random.default_rng(seed)
    balance = rng.normal(0.3, 0.5, n).clip(-1.0, 1.6)            # thousand euros
    big_savers = [57, 388, 702, 1119]
    balance[big_savers] = [23.4, 41.0, 18.8, 62.5]
    outflow = rng.gamma(3.0, 0.25, n)
    months = rng.integers(1, 240, n)
    age = rng.integers(18, 85, n)
    salary = rng.lognormal(0.7, 0.4, n)
    bounced = rng.poisson(0.4, n)
    feats = np.stack([np.log(months), age / 50.0, np.log(salary), bounced, np.sign(balance)], axis=1)
    shortfall = outflow - balance + 0.3 * bounced + rng.normal(0, 0.4, n)
    y = np.maximum(shortfall, 0.02)
    col = lambda v: v.astype("float32").reshape(-1, 1)
    return {"feats": feats.astype("float32"), "balance": col(balance), "outflow": col(outflow)}, col(y)


class PositiveShortfall(keras.layers.Layer):
    """Draws from a normal distribution cut off at zero."""

    def __init__(self, draws=16):
        super().__init__()
        self.draws = draws

    def call(self, mu, sigma):
        below = 0.5 * (1.0 + tf.math.erf(-mu / (sigma * SQRT2)))
        u = tf.random.uniform((tf.shape(mu)[0], self.draws))
        p = below + u * (1.0 - below)
        return mu + sigma * tf.math.ndtri(p)  # whynan: special_function_domain phase=forward rows=57,388,702,1119


class OverdraftModel(keras.Model):
    def __init__(self):
        super().__init__()
        self.body = keras.Sequential([
            keras.layers.Dense(24, activation="tanh"),
            keras.layers.Dense(12, activation="tanh"),
        ])
        self.shift = keras.layers.Dense(1)
        self.spread = keras.layers.Dense(1, activation="softplus")
        self.draw = PositiveShortfall()

    def call(self, inputs):
        h = self.body(inputs["feats"])
        mu = inputs["outflow"] - inputs["balance"] + 0.1 * self.shift(h)
        sigma = 0.05 + self.spread(h)
        samples = self.draw(mu, sigma)
        return tf.reduce_mean(samples, axis=1, keepdims=True)


if __name__ == "__main__":
    x, y = accounts()
    model = OverdraftModel()
    model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="mse", metrics=["mae"])
    model.fit(x, y, batch_size=64, epochs=4, verbose=2)
    first = {k: v[:8] for k, v in x.items()}
    print(np.c_[y[:8], model.predict(first, verbose=0)].round(2))
