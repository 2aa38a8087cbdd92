"""Tonnes loaded on a lorry, from 150 readings of the belt (flow, gate open or shut): add up the flow while it is open.

The recurrent layer with relu and the identity as start is made for such sums. It is known to need a limit on the
gradients, therefore I limit every gradient to norm 1 before the update. Still nan after the first step, whatever
limit I choose (I tried 10, 1, 0.1, 0.001).
"""
from dataclasses import dataclass

import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(150)


@dataclass
class Settings:
    lorries: int = 768
    readings: int = 150
    units: int = 48
    rate: float = 0.002
    limit: float = 1.0
    batch: int = 32
    epochs: int = 3


def belt_records(s, seed=150):
    rng = np.random.default_rng(seed)
    flow = np.clip(0.5 + 0.2 * rng.standard_normal((s.lorries, s.readings)), 0.0, 1.0)
    gate = np.zeros_like(flow)
    for row in range(s.lorries):
        for start in rng.integers(0, s.readings - 6, size=rng.integers(1, 4)):
            gate[row, start:start + rng.integers(2, 6)] = 1.0
    tonnes = (flow * gate).sum(axis=1, keepdims=True)
    belt = np.stack([flow, gate], axis=-1)
    return belt.astype("float32"), tonnes.astype("float32")


def adder(s):
    return keras.Sequential([
        keras.Input((s.readings, 2)),
        keras.layers.SimpleRNN(s.units, activation="relu", recurrent_initializer="identity"),
        keras.layers.Dense(1),
    ])


def limit_gradients(gradients, limit):
    """Every gradient is shortened to at most this norm."""
    for gradient in gradients:
        gradient = tf.clip_by_norm(gradient, limit)
    return gradients


class Trainer:
    def __init__(self, model, s):
        self.model, self.s = model, s
        self.optimizer = keras.optimizers.SGD(s.rate)
        self.optimizer.build(model.trainable_variables)

    @tf.function
    def step(self, belt, tonnes):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(self.model(belt, training=True) - tonnes))  # whynan: exploding_gradient phase=forward|loss|gradient|update also=clip_misuse,clip_not_applied
        gradients = tape.gradient(loss, self.model.trainable_variables)
        gradients = limit_gradients(gradients, self.s.limit)
        self.optimizer.apply_gradients(zip(gradients, self.model.trainable_variables))
        return loss

    def run(self, dataset):
        for epoch in range(self.s.epochs):
            losses = [float(self.step(belt, tonnes)) for belt, tonnes in dataset]
            print(f"epoch {epoch + 1}: first {losses[0]:.4g}, last {losses[-1]:.4g}, mean {np.mean(losses):.4g}")


if __name__ == "__main__":
    settings = Settings()
    belt, tonnes = belt_records(settings)
    data = tf.data.Dataset.from_tensor_slices((belt, tonnes))
    data = data.shuffle(settings.lorries, seed=1).batch(settings.batch, drop_remainder=True)
    Trainer(adder(settings), settings).run(data)
