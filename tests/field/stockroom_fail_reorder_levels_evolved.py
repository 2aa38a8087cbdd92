"""Reorder levels of eight spare parts. The yearly cost comes from a simulator without derivatives, so the levels
and their search widths follow a natural evolution strategy; beside it a Keras network learns the cost surface from
the same populations with ordinary gradients (for the dashboard). The network loss is nan from the second or third
generation on. I have normalised the inputs and the targets of the network."""
from dataclasses import dataclass

import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(101)


class Stockroom:
    """One year of daily demand; overstock costs storage, shortage costs an express delivery."""

    def __init__(self, seed=101, parts=8, days=365):
        rng = np.random.default_rng(seed)
        self.typical = rng.uniform(20.0, 90.0, parts)
        season = 1.0 + 0.25 * np.sin(2 * np.pi * np.arange(days) / 365.0)
        self.demand = rng.poisson(self.typical[None] * season[:, None]).astype("float32")
        self.storage = rng.uniform(0.2, 0.6, parts).astype("float32")
        self.express = rng.uniform(2.0, 4.0, parts).astype("float32")

    def yearly_cost(self, levels):
        over = tf.nn.relu(levels[:, None] - self.demand[None])
        under = tf.nn.relu(self.demand[None] - levels[:, None])
        return tf.reduce_sum(over * self.storage + under * self.express, axis=[1, 2])


@dataclass
class Strategy:
    centre: tf.Variable
    width: tf.Variable
    population: int = 12
    centre_rate: float = 1e-4
    width_rate: float = 0.05

    def ask(self):
        noise = tf.random.normal([self.population, self.centre.shape[0]])
        return noise, self.centre + self.width * noise

    def tell(self, noise, fitness):
        g_centre = tf.reduce_mean(fitness[:, None] * noise, axis=0)
        g_width = tf.reduce_mean(fitness[:, None] * (tf.square(noise) - 1.0), axis=0)
        self.centre.assign_add(self.centre_rate * self.width * g_centre)
        self.width.assign(self.width * tf.exp(0.5 * self.width_rate * g_width))  # whynan: exp_overflow phase=update also=unscaled_target,learning_rate_too_high,exploding_gradient


room = Stockroom()
start = tf.constant(1.3 * room.typical, tf.float32)
strategy = Strategy(tf.Variable(start), tf.Variable(0.1 * start))

surface = keras.Sequential([
    keras.Input((8,)),
    keras.layers.Dense(32, activation="tanh"),
    keras.layers.Dense(32, activation="tanh"),
    keras.layers.Dense(1),
])
optimizer = keras.optimizers.Adam(3e-3)


def surface_step(levels, cost):
    with tf.GradientTape() as tape:
        predicted = surface(levels / start - 1.0, training=True)[:, 0]
        loss = tf.reduce_mean(tf.square(predicted - cost / 1e5))
    grads = tape.gradient(loss, surface.trainable_variables)
    optimizer.apply_gradients(zip(grads, surface.trainable_variables))
    return float(loss)


for generation in range(30):
    noise, levels = strategy.ask()
    cost = room.yearly_cost(levels)
    for _ in range(4):
        loss = surface_step(levels, cost)
    strategy.tell(noise, -cost)
    if generation < 5 or generation % 10 == 0:
        print(f"generation {generation:2d}: cheapest {float(tf.reduce_min(cost)):12.1f} EUR, surface loss {loss:.5f}")
