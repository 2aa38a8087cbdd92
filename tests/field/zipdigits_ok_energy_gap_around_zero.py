"""Restricted Boltzmann machine on the 8x8 digits with persistent chains, weights updated by hand.

The number that I print as the loss starts at nothing and then wanders about without any direction: after fifteen
passes it is no lower in any sense that I understand. With a classifier I'd say that the thing does not learn at all.
"""
import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits

keras.utils.set_random_seed(8)


class BoltzmannMachine(tf.Module):
    def __init__(self, pixel_share, hidden=80, chains=64, rate=0.1):
        super().__init__()
        visible = len(pixel_share)
        share = np.clip(pixel_share, 0.01, 0.99)
        self.weights = tf.Variable(tf.random.normal((visible, hidden), stddev=0.01))
        self.visible_bias = tf.Variable(np.log(share / (1.0 - share)).astype("float32"))
        self.hidden_bias = tf.Variable(tf.zeros(hidden))
        self.chains = tf.Variable(
            tf.cast(tf.random.uniform((chains, visible)) < share.astype("float32"), tf.float32), trainable=False
        )
        self.rate = rate

    def hidden_chance(self, v):
        return tf.sigmoid(v @ self.weights + self.hidden_bias)

    def visible_chance(self, h):
        return tf.sigmoid(tf.matmul(h, self.weights, transpose_b=True) + self.visible_bias)

    @staticmethod
    def toss(chance):
        return tf.cast(tf.random.uniform(tf.shape(chance)) < chance, tf.float32)

    def free_energy(self, v):
        linear = tf.linalg.matvec(v, self.visible_bias)
        return -linear - tf.reduce_sum(tf.nn.softplus(v @ self.weights + self.hidden_bias), axis=1)

    @tf.function
    def step(self, v):
        dream = self.chains.read_value()
        for _ in range(2):
            dream = self.toss(self.visible_chance(self.toss(self.hidden_chance(dream))))
        self.chains.assign(dream)

        parameters = [self.weights, self.visible_bias, self.hidden_bias]
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(self.free_energy(v)) - tf.reduce_mean(self.free_energy(dream))
        for parameter, gradient in zip(parameters, tape.gradient(loss, parameters)):
            parameter.assign_sub(self.rate * gradient)
        return loss

    @tf.function
    def copy_error(self, v):
        return tf.reduce_mean(tf.square(v - self.visible_chance(self.hidden_chance(v))))


def main(epochs=15, batch=32):
    images = (load_digits().data > 7).astype("float32")
    images, held_out = images[:1600], images[1600:]
    machine = BoltzmannMachine(images.mean(axis=0))
    print(f"before: error of the copies {float(machine.copy_error(held_out)):.4f}")

    order = np.arange(len(images))
    for epoch in range(epochs):
        np.random.shuffle(order)
        losses = []
        for start in range(0, len(order), batch):
            losses.append(float(machine.step(tf.constant(images[order[start:start + batch]]))))
        print(f"pass {epoch + 1:2d}  loss {np.mean(losses):+8.3f}  "
              f"error of the copies {float(machine.copy_error(held_out)):.4f}")


main()
# whynan: healthy
