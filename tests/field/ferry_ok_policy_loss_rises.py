"""Ticket prices of a ferry line by policy gradient.

The "loss" is hundreds of thousands, jumps between negative and positive and on the whole goes UP, yet the takings go
up too.  Rewards are in cents and are not normalised.  Is something exploding here?
"""
# whynan: healthy
from dataclasses import dataclass, field

import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(8)


@dataclass
class FerryLine:
    sailings: int = 64
    horizon: int = 10
    seats: int = 4000
    prices: np.ndarray = field(default_factory=lambda: np.array([19, 29, 39, 55, 75, 99, 129], "float64"))
    rng: np.random.Generator = field(default_factory=lambda: np.random.default_rng(77))

    def reset(self):
        self.day = 0
        self.left = np.full(self.sailings, self.seats, dtype="int64")
        return self.observe()

    def observe(self):
        return np.stack([np.full(self.sailings, self.day / self.horizon), self.left / self.seats], 1).astype("float32")

    def step(self, action):
        price = self.prices[action]
        interest = 900.0 * np.exp(-price / 35.0) * (1.0 + 0.12 * self.day)
        sold = np.minimum(self.rng.poisson(interest), self.left)
        self.left = self.left - sold
        self.day += 1
        return self.observe(), sold * price * 100.0, self.day == self.horizon


class Revenue:
    """REINFORCE with a running mean per day as the baseline and a bonus for entropy."""

    def __init__(self, line, bonus=4e4):
        self.line, self.bonus = line, bonus
        self.policy = keras.Sequential([
            keras.Input((2,)),
            keras.layers.Dense(32, activation="tanh"),
            keras.layers.Dense(len(line.prices)),
        ])
        self.optimizer = keras.optimizers.Adam(0.01)
        self.optimizer.build(self.policy.trainable_variables)
        self.baseline = None

    def rollout(self):
        obs, done, path = self.line.reset(), False, []
        while not done:
            logits = self.policy(obs).numpy()
            action = np.argmax(logits + self.line.rng.gumbel(size=logits.shape), axis=1)
            following, reward, done = self.line.step(action)
            path.append((obs, action, reward))
            obs = following
        states, actions, rewards = (np.stack(part) for part in zip(*path))
        to_go = np.cumsum(rewards[::-1], axis=0)[::-1]
        return states, actions, to_go

    @tf.function
    def update(self, states, actions, advantage):
        with tf.GradientTape() as tape:
            logits = self.policy(states, training=True)
            log_prob = -tf.nn.sparse_softmax_cross_entropy_with_logits(labels=actions, logits=logits)
            log_all = tf.nn.log_softmax(logits)
            entropy = -tf.reduce_sum(tf.exp(log_all) * log_all, axis=1)
            loss = -tf.reduce_mean(log_prob * advantage) - self.bonus * tf.reduce_mean(entropy)
        gradients = tape.gradient(loss, self.policy.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.policy.trainable_variables))
        return loss, tf.linalg.global_norm(gradients)

    def learn(self, updates):
        for k in range(updates):
            states, actions, to_go = self.rollout()
            mean = to_go.mean(axis=1, keepdims=True)
            self.baseline = mean if self.baseline is None else 0.8 * self.baseline + 0.2 * mean
            advantage = (to_go - self.baseline).astype("float32")
            loss, norm = self.update(
                tf.constant(states.reshape(-1, 2)), tf.constant(actions.reshape(-1)), tf.constant(advantage.ravel()))
            if k % 15 == 0:
                print(f"update {k:3d}  takings {to_go[0].mean() / 100:12,.0f} EUR  loss {float(loss):14.1f}"
                      f"  gradient norm {float(norm):12.1f}")


Revenue(FerryLine()).learn(106)
