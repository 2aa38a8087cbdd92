"""Beaver occupancy of stream reaches: MAP estimate of a small Bayesian-style network (Gaussian priors, scaled by fan-in)."""
from dataclasses import dataclass

import numpy as np
import tensorflow as tf
import keras


@dataclass(frozen=True)
class Prior:
    sigma_w: float = 1.0

    def std(self, layer):
        fan_in = layer.kernel.shape[0]
        return self.sigma_w / fan_in ** 0.5


@dataclass(frozen=True)
class Run:
    hidden: tuple = (64, 64)
    rate: float = 0.1
    batch: int = 50
    epochs: int = 6
    seed: int = 29


class MapNet(keras.Model):
    def __init__(self, hidden, prior):
        super().__init__()
        self.prior = prior
        self.stack = [keras.layers.Dense(h, activation="tanh") for h in hidden]
        self.stack.append(keras.layers.Dense(1))
        self.acc = keras.metrics.BinaryAccuracy(name="acc")

    def call(self, x):
        for layer in self.stack:
            x = layer(x)
        return x

    @property
    def metrics(self):
        return [self.acc]

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            logit = self(x)
            nll = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=y, logits=logit))
            log_prior = 0.0
            for layer in self.stack:
                log_prior -= 0.5 * tf.reduce_sum(tf.square(layer.kernel / self.prior.std(layer)))  # whynan: regularization_too_large phase=loss
            objective = nll - log_prior
        weights = self.trainable_variables
        self.optimizer.apply_gradients(zip(tape.gradient(objective, weights), weights))
        self.acc.update_state(y, tf.sigmoid(logit))
        return {"nll": nll, "objective": objective, "acc": self.acc.result()}


def reaches(n, rng):
    gradient = rng.gamma(2.0, 1.2, n)          # percent
    width = rng.lognormal(1.5, 0.5, n)         # m
    willow = rng.beta(2, 2, n)
    road = rng.exponential(1.5, n)             # km to the next road
    floodplain = rng.gamma(2.0, 20.0, n)       # m
    depth = rng.gamma(4.0, 0.15, n)
    score = 1.5 - 0.8 * gradient + 2.5 * (willow - 0.5) + 0.02 * floodplain + 0.3 * road - 0.1 * width
    y = rng.random(n) < 1 / (1 + np.exp(-score))
    X = np.stack([gradient, np.log(width), willow, road, np.log1p(floodplain), depth], axis=1)
    X = np.concatenate([X, X[:, :1] * X[:, 2:3], X[:, 1:2] * X[:, 5:6]], axis=1)
    X = (X - X.mean(0)) / X.std(0)
    return X.astype("float32"), y.astype("float32")[:, None]


def main(run=Run(), prior=Prior()):
    keras.utils.set_random_seed(run.seed)
    X, y = reaches(1900, np.random.default_rng(run.seed))
    net = MapNet(run.hidden, prior)
    net.compile(optimizer=keras.optimizers.SGD(learning_rate=run.rate))
    net.fit(X[:1500], y[:1500], batch_size=run.batch, epochs=run.epochs, verbose=2)
    logit = net.predict(X[1500:], verbose=0)
    print("held-out accuracy", np.mean((logit > 0) == (y[1500:] > 0.5)))


if __name__ == "__main__":
    main()
