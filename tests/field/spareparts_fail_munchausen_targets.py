"""Munchausen DQN on a small spare-parts store (order 0..6 units a day, lost sales cost money).

The plain DQN version of this script works. With the Munchausen targets (scaled log-policy bonus, clipped
from below as in the paper) the loss is fine until a few target syncs have passed, then nan for good.
"""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(40)

SHELF, ORDERS, STORES = 20, 7, 8
TAU, ALPHA, FLOOR = 0.03, 0.9, -1.0
GAMMA, BATCH, SYNC = 0.95, 64, 40


class PartsStores:
    """Eight independent stores, one decision a day each."""

    def __init__(self, rng):
        self.rng = rng
        self.stock = rng.integers(0, SHELF, STORES)
        self.day = rng.integers(0, 7, STORES)

    def observe(self):
        angle = 2.0 * np.pi * self.day / 7.0
        return np.stack([self.stock / SHELF, np.sin(angle), np.cos(angle)], axis=1).astype("float32")

    def step(self, order):
        shelf = np.minimum(self.stock + order, SHELF)
        demand = self.rng.poisson(np.where(self.day < 5, 4.0, 1.5))
        sold = np.minimum(shelf, demand)
        reward = 5.0 * sold - 8.0 * (demand - sold) - 0.4 * (shelf - sold) - 1.0 * order - 2.0 * (order > 0)
        self.stock, self.day = shelf - sold, (self.day + 1) % 7
        return self.observe(), reward.astype("float32")


class Replay:
    def __init__(self):
        self.rows = []

    def add(self, s, a, r, s2):
        self.rows.extend(zip(s, a, r, s2))

    def sample(self, rng, n):
        picked = [self.rows[i] for i in rng.integers(0, len(self.rows), n)]
        s, a, r, s2 = (np.array(column) for column in zip(*picked))
        return tf.constant(s), tf.constant(a.astype("int32")), tf.constant(r), tf.constant(s2)


def q_network():
    return keras.Sequential([
        keras.Input((3,)),
        layers.Dense(64, activation="relu"),
        layers.Dense(64, activation="relu"),
        layers.Dense(ORDERS),
    ])


online, target = q_network(), q_network()
target.set_weights(online.get_weights())
optimizer = keras.optimizers.Adam(2e-3)
optimizer.build(online.trainable_variables)
huber = keras.losses.Huber()


def soft_policy(q):
    pi = tf.nn.softmax(q / TAU, axis=1)
    return pi, tf.math.log(pi)  # whynan: log_of_zero phase=forward|loss also=exp_underflow


@tf.function
def learn(s, a, r, s2):
    _, log_now = soft_policy(target(s))
    bonus = ALPHA * tf.clip_by_value(TAU * tf.gather(log_now, a, batch_dims=1), FLOOR, 0.0)
    q_next = target(s2)
    pi_next, log_next = soft_policy(q_next)
    value_next = tf.reduce_sum(pi_next * (q_next - TAU * log_next), axis=1)
    goal = r + bonus + GAMMA * value_next
    with tf.GradientTape() as tape:
        q = tf.reduce_sum(online(s) * tf.one_hot(a, ORDERS), axis=1)
        loss = huber(goal, q)
    grads = tape.gradient(loss, online.trainable_variables)
    optimizer.apply_gradients(zip(grads, online.trainable_variables))
    return loss


rng = np.random.default_rng(6)
stores, replay = PartsStores(rng), Replay()
state, losses, takings = stores.observe(), [], []
for day in range(500):
    greedy = tf.argmax(online(state), axis=1).numpy()
    explore = rng.random(STORES) < (1.0 if day < 40 else 0.3)
    action = np.where(explore, rng.integers(0, ORDERS, STORES), greedy)
    following, reward = stores.step(action)
    replay.add(state, action, reward, following)
    state = following
    takings.append(reward.mean())
    if day >= 40:
        losses.append(float(learn(*replay.sample(rng, BATCH))))
    if day % SYNC == 0:
        target.set_weights(online.get_weights())
    if day % 50 == 49:
        print(f"day {day + 1:4d}  loss {np.mean(losses[-40:]):.4f}  takings {np.mean(takings[-50:]):.2f}")
