"""Split time of indoor rowers from stroke data, own training loop.

I wrote the momentum myself because I wanted to raise it slowly (low at first, high later, as in the
old papers). It learns very well for about ten epochs, better than with fixed momentum. Then the loss
begins to swing, each swing larger than the one before, in the end inf. The learning rate is only
0.005 and never changes, I tried 0.001 as well: only a little later.
"""
from dataclasses import dataclass

import numpy as np
import tensorflow as tf
import keras


@dataclass
class Plan:
    rate: float = 0.005
    momentum_start: float = 0.5
    momentum_final: float = 0.95
    ramp_epochs: int = 8
    epochs: int = 32
    batch: int = 32


def ergometer_sessions(n=480):
    rng = np.random.default_rng(77)
    stroke_rate = rng.normal(26, 4, n)
    drive_length = rng.normal(1.35, 0.08, n)
    peak_force = rng.normal(620, 110, n)
    drag = rng.normal(118, 9, n)
    mass = rng.normal(78, 11, n)
    watts = 0.0115 * stroke_rate * drive_length * peak_force * (drag / 118) ** 0.3
    split = 500 * (2.8 / np.maximum(watts, 60)) ** (1 / 3) + rng.normal(0, 1.5, n)
    return np.stack([stroke_rate, drive_length, peak_force, drag, mass], axis=1), split


class SplitNet(keras.Model):
    def __init__(self):
        super().__init__()
        self.hidden = keras.layers.Dense(32, activation="tanh")
        self.out = keras.layers.Dense(1)

    def call(self, x):
        return self.out(self.hidden(x))[:, 0]


def momentum_at(plan, epoch):
    span = plan.momentum_final - plan.momentum_start
    return plan.momentum_start + span * epoch / plan.ramp_epochs


def train(plan):
    keras.utils.set_random_seed(8)
    x, y = ergometer_sessions()
    x = ((x - x.mean(0)) / x.std(0)).astype("float32")
    y = ((y - y.mean()) / y.std()).astype("float32")
    data = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(len(x), seed=2).batch(plan.batch)

    net = SplitNet()
    net(x[:1])
    weights = net.trainable_variables
    velocity = [tf.zeros(w.shape) for w in weights]

    for epoch in range(plan.epochs):
        mu = momentum_at(plan, epoch)
        losses = []
        for xb, yb in data:
            with tf.GradientTape() as tape:
                loss = tf.reduce_mean(tf.square(net(xb) - yb))  # whynan: learning_rate_too_high phase=loss|gradient|update also=exploding_gradient,momentum_too_high
            grads = tape.gradient(loss, weights)
            velocity = [mu * v - plan.rate * g for v, g in zip(velocity, grads)]
            for w, v in zip(weights, velocity):
                w.assign_add(v)
            losses.append(float(loss))
        print(f"epoch {epoch:2d}  loss {np.mean(losses):.4g}")
    return net


if __name__ == "__main__":
    train(Plan())
