"""Ringing station: wing chord and body mass of peregrine nestlings from six field measurements.

Median regression for both targets, the two losses balanced by learned log variances
(Kendall et al.). The laptop is small, so gradients are accumulated over four micro batches.
"""
import math

import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(77)

BATCH_SIZE = 64
MICRO = 4


def nestlings(n):
    rng = np.random.default_rng(31)
    age = rng.uniform(8, 32, n)
    female = rng.integers(0, 2, n)
    tarsus = 28 + 0.8 * age + 3 * female + rng.normal(0, 1.2, n)
    bill = 10 + 0.35 * age + female + rng.normal(0, 0.6, n)
    brood = rng.integers(1, 5, n)
    rain = rng.gamma(2, 3, n)
    X = np.stack([age, female, tarsus, bill, brood, rain], 1)
    wing = 30 + 7.4 * age + rng.normal(0, 6, n)
    mass = 150 + 22 * age + 120 * female - 15 * brood - 3 * rain + rng.normal(0, 25, n)
    Y = np.stack([wing, mass], 1)
    X = (X - X.mean(0)) / X.std(0)
    Y = (Y - Y.mean(0)) / Y.std(0)
    return X.astype("float32"), Y.astype("float32")


def batches(X, Y, size, rng):
    order = rng.permutation(len(X))
    for start in range(0, len(X), size):
        idx = order[start:start + size]
        yield X[idx], Y[idx]


def micro_batches(xb, yb, parts):
    size = math.ceil(len(xb) / parts)
    for i in range(parts):
        yield xb[i * size:(i + 1) * size], yb[i * size:(i + 1) * size]


def median_loss(target, guess):
    return tf.reduce_mean(tf.abs(target - guess))  # whynan: empty_reduction phase=loss


class Trainer:
    def __init__(self, net):
        self.net = net
        self.log_vars = keras.Variable(np.zeros(2), dtype="float32", name="log_vars")
        self.opt = keras.optimizers.Adam(2e-3)
        self.weights = net.trainable_variables + [self.log_vars]

    def objective(self, xb, yb):
        guess = self.net(xb, training=True)
        parts = [median_loss(yb[:, k], guess[:, k]) for k in range(2)]
        return sum(tf.exp(-self.log_vars[k]) * parts[k] + self.log_vars[k] for k in range(2))

    def update(self, xb, yb):
        total, summed = 0.0, None
        for xm, ym in micro_batches(xb, yb, MICRO):
            with tf.GradientTape() as tape:
                loss = self.objective(tf.constant(xm), tf.constant(ym)) / MICRO
            grads = [tf.convert_to_tensor(g) for g in tape.gradient(loss, self.weights)]
            summed = grads if summed is None else [a + g for a, g in zip(summed, grads)]
            total += float(loss)
        self.opt.apply_gradients(zip(summed, self.weights))
        return total


def main():
    X, Y = nestlings(1001)
    X_train, Y_train = X[:901], Y[:901]
    X_test, Y_test = X[901:], Y[901:]
    net = keras.Sequential([
        keras.Input((X.shape[1],)),
        keras.layers.Dense(32, activation="tanh"),
        keras.layers.Dense(32, activation="tanh"),
        keras.layers.Dense(2),
    ])
    trainer = Trainer(net)
    rng = np.random.default_rng(5)
    for epoch in range(6):
        losses = [trainer.update(xb, yb) for xb, yb in batches(X_train, Y_train, BATCH_SIZE, rng)]
        error = np.abs(net.predict(X_test, verbose=0) - Y_test).mean(0)
        print(f"epoch {epoch}: first {losses[0]:.3f} median {np.median(losses):.3f}  test {error}")


if __name__ == "__main__":
    main()
