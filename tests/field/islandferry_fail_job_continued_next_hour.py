"""Fuel per crossing of the island ferries. Jobs on the shared machine end after an hour, so the second job picks
up weights and optimizer where the first one stopped. The first job learns well, the second prints nan at once,
and if I start the second job without the optimizer file everything is fine."""
import os
import tempfile

import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(31)
SETTINGS = {"rate": 2e-3, "batch": 40, "first_epochs": 4, "second_epochs": 4}


def crossings(n=1200, seed=5):
    rng = np.random.default_rng(seed)
    knots = rng.normal(14.0, 1.6, n)
    headwind = rng.normal(0.0, 6.0, n)
    cars = rng.integers(0, 85, n)
    current = rng.normal(0.0, 0.8, n)
    draught = 2.9 + 0.006 * cars + rng.normal(0, 0.05, n)
    litres = 0.11 * (knots - current) ** 3 + 1.7 * headwind + 1.1 * cars + rng.normal(0, 9, n)
    x = np.stack([knots, headwind, cars, current, draught], axis=1)
    x = (x - x.mean(0)) / x.std(0)
    y = (litres - litres.mean()) / litres.std()
    return x.astype("float32"), y[:, None].astype("float32")


def fuel_net():
    return keras.Sequential([
        keras.Input((5,)),
        keras.layers.Dense(32, activation="tanh"),
        keras.layers.Dense(16, activation="tanh"),
        keras.layers.Dense(1),
    ])


class Adam:
    """Own Adam, because its two averages have to go into our job files."""

    def __init__(self, variables, rate, beta=0.9, beta_square=0.999, eps=1e-7):
        self.rate, self.beta, self.beta_square, self.eps = rate, beta, beta_square, eps
        self.count = tf.Variable(0.0, trainable=False)
        self.mean = [tf.Variable(tf.zeros(v.shape), trainable=False) for v in variables]
        self.avg_square = [tf.Variable(tf.zeros(v.shape), trainable=False) for v in variables]

    def apply(self, variables, gradients):
        self.count.assign_add(1.0)
        fade = 1.0 - tf.pow(self.beta, self.count)
        fade_square = 1.0 - tf.pow(self.beta_square, self.count)
        for v, g, mean, square in zip(variables, gradients, self.mean, self.avg_square):
            mean.assign(self.beta * mean + (1.0 - self.beta) * g)
            square.assign(self.beta_square * square + (1.0 - self.beta_square) * tf.square(g))
            v.assign_sub(self.rate * (mean / fade) / (tf.sqrt(square / fade_square) + self.eps))  # whynan: sqrt_of_negative phase=update

    def to_file(self, path):
        arrays = {"count": self.count.numpy()}
        for i, (mean, square) in enumerate(zip(self.mean, self.avg_square)):
            arrays[f"{i:02d}_mean"] = mean.numpy()
            arrays[f"{i:02d}_avg_square"] = square.numpy()
        np.savez(path, **arrays)

    def from_file(self, path):
        stored = np.load(path)
        self.count.assign(stored["count"])
        keys = sorted(k for k in stored.files if k != "count")
        for i, (mean, square) in enumerate(zip(self.mean, self.avg_square)):
            mean.assign(stored[keys[2 * i]])
            square.assign(stored[keys[2 * i + 1]])


class Job:
    def __init__(self, folder):
        self.net = fuel_net()
        self.optimizer = Adam(self.net.trainable_variables, SETTINGS["rate"])
        self.weights_file = os.path.join(folder, "ferry.weights.h5")
        self.optimizer_file = os.path.join(folder, "ferry_optimizer.npz")

    def pick_up(self):
        self.net.load_weights(self.weights_file)
        self.optimizer.from_file(self.optimizer_file)

    def leave(self):
        self.net.save_weights(self.weights_file)
        self.optimizer.to_file(self.optimizer_file)

    @tf.function
    def step(self, x, y):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(self.net(x, training=True) - y))
        variables = self.net.trainable_variables
        self.optimizer.apply(variables, tape.gradient(loss, variables))
        return loss

    def run(self, data, epochs, title):
        for epoch in range(epochs):
            losses = [float(self.step(x, y)) for x, y in data]
            print(f"{title} epoch {epoch + 1}: mse {np.mean(losses):.4f}")


if __name__ == "__main__":
    x, y = crossings()
    data = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(1200, seed=2).batch(SETTINGS["batch"])
    with tempfile.TemporaryDirectory() as folder:
        first = Job(folder)
        first.run(data, SETTINGS["first_epochs"], "job 1")
        first.leave()
        second = Job(folder)
        second.pick_up()
        second.run(data, SETTINGS["second_epochs"], "job 2")
