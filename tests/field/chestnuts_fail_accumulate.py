"""Kilograms of chestnuts per tree from orchard survey data.

The laptop cannot hold large batches of the real (image) features, so gradients are
collected over several micro batches before each optimizer step.
"""
import argparse

import numpy as np
import tensorflow as tf
import keras

p = argparse.ArgumentParser()
p.add_argument("--micro", type=int, default=16)
p.add_argument("--collect", type=int, default=4)
p.add_argument("--epochs", type=int, default=22)
p.add_argument("--lr", type=float, default=0.02)
args = p.parse_args()

keras.utils.set_random_seed(64)


def survey(n):
    g = np.random.default_rng(64)
    trunk = g.normal(38, 9, n)
    crown = 0.15 * trunk + g.normal(0, 0.8, n)
    age = trunk * 1.4 + g.normal(0, 6, n)
    altitude = g.uniform(250, 900, n)
    rain = g.normal(1100, 160, n)
    blight = g.integers(0, 4, n)
    X = np.stack([trunk, crown, age, altitude, rain, blight], 1)
    kg = 12 + 0.7 * (trunk - 38) + 3 * (crown - 5.7) - 0.01 * (altitude - 550) - 4 * blight + g.normal(0, 2, n)
    X = (X - X.mean(0)) / X.std(0)
    kg = (kg - kg.mean()) / kg.std()
    return X.astype("float32"), kg.astype("float32")[:, None]


class Collector:
    """Sums gradients of micro batches."""

    def __init__(self, variables, every):
        self.every = every
        self.slots = [tf.Variable(tf.zeros_like(v), trainable=False) for v in variables]

    def add(self, grads):
        for s, g in zip(self.slots, grads):
            s.assign_add(g)

    def mean(self):
        return [s / self.every for s in self.slots]


X, y = survey(2600)
train = tf.data.Dataset.from_tensor_slices((X[:2400], y[:2400])).shuffle(2400, seed=64).batch(args.micro)

model = keras.Sequential([
    keras.Input((6,)),
    keras.layers.Dense(32, activation="leaky_relu"),
    keras.layers.Dense(1),
])
optimizer = keras.optimizers.SGD(args.lr, momentum=0.9)
optimizer.build(model.trainable_variables)
collector = Collector([v.value for v in model.trainable_variables], args.collect)


@tf.function
def micro_step(xb, yb):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(model(xb, training=True) - yb))  # whynan: exploding_gradient phase=forward|loss also=learning_rate_too_high
    collector.add(tape.gradient(loss, model.trainable_variables))
    return loss


@tf.function
def apply_collected():
    optimizer.apply_gradients(zip(collector.mean(), model.trainable_variables))


seen = 0
for epoch in range(args.epochs):
    losses = []
    for xb, yb in train:
        losses.append(micro_step(xb, yb))
        seen += 1
        if seen % args.collect == 0:
            apply_collected()
    test = np.mean((model(X[2400:]).numpy() - y[2400:]) ** 2)
    print(f"epoch {epoch:2d}  train {np.mean([float(l) for l in losses]):.4g}  test {test:.4g}")
