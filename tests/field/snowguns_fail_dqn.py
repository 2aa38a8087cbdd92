# DQN for a snow gun controller: 6 water settings, 8 guns simulated side by side
import collections
import random

import numpy as np
import tensorflow as tf
import keras

SEED = 31
keras.utils.set_random_seed(SEED)
rng = np.random.default_rng(SEED)

LEVELS = 6
GUNS = 8
GAMMA = 0.9
BATCH = 32
STEPS = 900


class Slope:
    """State: wet bulb temperature, wind, missing snow depth, water left in the pond."""

    def __init__(self):
        self.wetbulb = rng.uniform(-9, -1, GUNS)
        self.wind = rng.uniform(0, 8, GUNS)
        self.missing = rng.uniform(0.2, 1.0, GUNS)
        self.pond = rng.uniform(0.4, 1.0, GUNS)

    def observe(self):
        s = np.stack([self.wetbulb / 5 + 1, self.wind / 4 - 1, self.missing, self.pond], axis=1)
        return s.astype("float32")

    def step(self, level):
        flow = level / (LEVELS - 1)
        best = np.clip(-(self.wetbulb + 1.5) / 6, 0, 1)         # colder air freezes more water
        made = flow * np.exp(-8 * np.maximum(flow - best, 0) ** 2) * (1 - 0.05 * self.wind)
        reward = made * self.missing - 0.25 * flow
        self.missing = np.clip(self.missing - 0.1 * made + 0.02, 0, 1)
        self.pond = np.clip(self.pond - 0.05 * flow + 0.02, 0, 1)
        self.wetbulb = np.clip(self.wetbulb + rng.normal(0, 0.5, GUNS), -10, 0)
        self.wind = np.clip(self.wind + rng.normal(0, 0.5, GUNS), 0, 10)
        done = (self.missing <= 0) | (rng.random(GUNS) < 0.02)
        self.missing = np.where(done, rng.uniform(0.2, 1.0, GUNS), self.missing)
        self.pond = np.where(done, rng.uniform(0.4, 1.0, GUNS), self.pond)
        return reward.astype("float32"), done.astype("float32")


def q_network():
    return keras.Sequential([
        keras.layers.Input((4,)),
        keras.layers.Dense(48, activation="tanh"),
        keras.layers.Dense(48, activation="tanh"),
        keras.layers.Dense(LEVELS),
    ])


online, frozen = q_network(), q_network()
frozen.set_weights(online.get_weights())
opt = keras.optimizers.Adam(1e-3)


@tf.function
def act_values(s):
    return online(s)


@tf.function
def learn(s, a, r, s2, done):
    goal = r + GAMMA * (1 - done) * tf.reduce_max(frozen(s2), axis=1)
    with tf.GradientTape() as tape:
        q = tf.reduce_sum(online(s) * tf.one_hot(a, LEVELS), axis=1)
        td = tf.square(goal - q)
        # every setting counts the same, else the popular ones drown the others
        loss = 0.0
        for k in range(LEVELS):
            loss += tf.reduce_mean(tf.boolean_mask(td, tf.equal(a, k)))  # whynan: empty_reduction phase=loss|forward
        loss /= LEVELS
    grads = tape.gradient(loss, online.trainable_variables)
    opt.apply_gradients(zip(grads, online.trainable_variables))
    return loss


memory = collections.deque(maxlen=3000)
slope = Slope()
obs = slope.observe()
history, rewards = [], []
for t in range(STEPS):
    eps = max(0.05, 1 - t / 500)
    greedy = act_values(tf.constant(obs)).numpy().argmax(axis=1)
    level = np.where(rng.random(GUNS) < eps, rng.integers(0, LEVELS, GUNS), greedy)
    rew, done = slope.step(level)
    nxt = slope.observe()
    memory.extend(zip(obs, level.astype("int32"), rew, nxt, done))
    obs = nxt
    rewards.append(rew.mean())
    if len(memory) >= 160:
        s, a, r, s2, d = (np.array(c) for c in zip(*random.sample(memory, BATCH)))
        history.append(float(learn(tf.constant(s), tf.constant(a), tf.constant(r), tf.constant(s2), tf.constant(d))))
    if t % 60 == 0:
        frozen.set_weights(online.get_weights())
    if t % 100 == 99:
        print(t + 1, "eps %.2f" % eps, "td %.4f" % np.mean(history[-50:]), "reward %.3f" % np.mean(rewards[-100:]))
