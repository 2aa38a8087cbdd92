"""A curling skip that learns by differentiating through the collision: choose line and weight so that the struck
stone comes to rest on the mark. For the first throws the loss is fine and falls, then the policy returns nan for
everything. Stones that miss never enter the formula of the collision, I select with tf.where.
"""
from dataclasses import dataclass

import keras
import numpy as np
import tensorflow as tf


@dataclass(frozen=True)
class Ice:
    stone: float = 0.145  # radius in metres
    friction: float = 0.012
    gravity: float = 9.81
    hand: float = 0.0025  # spread of the release line in radians


class Throw:
    """Release at the origin, straight line until the contact, the struck stone slides along the line of centres."""

    def __init__(self, ice):
        self.ice = ice

    def contact_time(self, velocity, stones):
        a = tf.reduce_sum(velocity * velocity, axis=1)
        b = tf.reduce_sum(velocity * stones, axis=1)
        c = tf.reduce_sum(stones * stones, axis=1) - (2 * self.ice.stone) ** 2
        inside = b * b - a * c
        touches = inside > 0.0
        a = tf.maximum(a, 1e-6)
        time = tf.where(touches, (b - inside**0.5) / a, b / a)  # whynan: where_gradient_trap phase=gradient also=sqrt_of_negative,pow_domain
        return time, touches

    def __call__(self, line, weight, stones):
        velocity = weight[:, None] * tf.stack([tf.cos(line), tf.sin(line)], axis=1)
        time, touches = self.contact_time(velocity, stones)
        offset = stones - velocity * time[:, None]
        normal = offset / (2 * self.ice.stone)
        pushed = tf.reduce_sum(velocity * normal, axis=1)
        slide = pushed**2 / (2 * self.ice.friction * self.ice.gravity)
        rest = stones + normal * slide[:, None]
        gap = tf.nn.relu(tf.norm(offset, axis=1) - 2 * self.ice.stone)
        return rest, gap, touches


class Skip:
    def __init__(self, ice):
        self.ice = ice
        self.net = keras.Sequential(
            [
                keras.Input((4,)),
                keras.layers.Dense(32, activation="tanh"),
                keras.layers.Dense(2, kernel_initializer="zeros"),
            ]
        )

    def choose(self, stones, marks):
        seen = tf.concat([stones / 30.0, (marks - stones) / 4.0], axis=1)
        line, weight = tf.unstack(self.net(seen), axis=1)
        towards = tf.atan2(stones[:, 1], stones[:, 0])
        shaky = tf.random.normal(tf.shape(line), stddev=self.ice.hand)
        return towards + 0.01 * tf.tanh(line) + shaky, 0.9 * tf.exp(0.4 * tf.tanh(weight))


def ends(rng, count):
    stones = np.stack([rng.uniform(26, 30, count), rng.uniform(-1.5, 1.5, count)], axis=1)
    marks = stones + np.stack([rng.uniform(1.0, 4.0, count), rng.uniform(-1.5, 1.5, count)], axis=1)
    return tf.constant(stones, tf.float32), tf.constant(marks, tf.float32)


def practise(steps=240, batch=48):
    keras.utils.set_random_seed(14)
    rng = np.random.default_rng(14)
    ice = Ice()
    skip, throw = Skip(ice), Throw(ice)
    optimizer = keras.optimizers.Adam(3e-3, clipnorm=1.0)
    for step in range(1, steps + 1):
        stones, marks = ends(rng, batch)
        with tf.GradientTape() as tape:
            line, weight = skip.choose(stones, marks)
            rest, gap, touches = throw(line, weight, stones)
            error = tf.reduce_sum(tf.square(rest - marks), axis=1)
            loss = tf.reduce_mean(tf.where(touches, error, 25.0)) + 10.0 * tf.reduce_mean(gap**2)
        weights = skip.net.trainable_variables
        optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights))
        if step % 20 == 0 or step == 1:
            hits = float(tf.reduce_mean(tf.cast(touches, tf.float32)))
            print(f"throw {step * batch:6d}  loss {float(loss):8.3f}  hits {hits:.2f}")


if __name__ == "__main__":
    practise()
