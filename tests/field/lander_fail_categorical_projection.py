"""Distributional Q-learning (categorical, 51 atoms) on a toy landing corridor.

Agent starts in the middle, crashes at the left end (-1) or lands at the right end (+1). The first dozens of updates
give a cross-entropy that falls slowly; then the loss is nan and the greedy policy always goes left.
"""
import collections
import random

import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(77)

CELLS, ACTIONS, ATOMS = 15, 2, 51
V_MIN, V_MAX, GAMMA = -1.0, 1.0, 0.95
SPACING = (V_MAX - V_MIN) / (ATOMS - 1)
SUPPORT = tf.linspace(V_MIN, V_MAX, ATOMS)

Transition = collections.namedtuple("Transition", "state action reward next_state done")


class Corridor:
    def reset(self):
        self.cell = CELLS // 2
        return self.cell

    def step(self, action):
        slip = random.random() < 0.1
        move = 1 if (action == 1) != slip else -1
        self.cell += move
        if self.cell == 0:
            return self.cell, -1.0, True
        if self.cell == CELLS - 1:
            return self.cell, 1.0, True
        return self.cell, 0.0, False


def build_net():
    inputs = keras.Input((CELLS,))
    h = keras.layers.Dense(48, activation="relu")(inputs)
    logits = keras.layers.Dense(ACTIONS * ATOMS)(h)
    return keras.Model(inputs, keras.layers.Reshape((ACTIONS, ATOMS))(logits))


online, target = build_net(), build_net()
target.set_weights(online.get_weights())
optimizer = keras.optimizers.Adam(1e-3)
optimizer.build(online.trainable_variables)


def project(probabilities, reward, done):
    """Move the atoms by the Bellman operator and share their mass between the two neighbours on the support."""
    moved = reward[:, None] + GAMMA * (1.0 - done[:, None]) * SUPPORT[None, :]
    b = (tf.clip_by_value(moved, V_MIN, V_MAX) - V_MIN) / SPACING
    lower, upper = tf.floor(b), tf.math.ceil(b)
    to_lower = (probabilities * (upper - b))[..., None] * tf.one_hot(tf.cast(lower, tf.int32), ATOMS)
    to_upper = (probabilities * (b - lower))[..., None] * tf.one_hot(tf.cast(upper, tf.int32), ATOMS)
    mass = tf.reduce_sum(to_lower + to_upper, axis=1)
    # clipping at the ends loses a little mass, make it a distribution again
    return mass / tf.reduce_sum(mass, axis=1, keepdims=True)  # whynan: zero_weight_sum phase=data|forward|loss also=divide_by_zero


@tf.function
def update(states, actions, rewards, next_states, done):
    next_probabilities = tf.nn.softmax(target(next_states), axis=-1)
    best = tf.argmax(tf.reduce_sum(next_probabilities * SUPPORT, axis=-1), axis=1)
    wanted = project(tf.gather(next_probabilities, best, batch_dims=1), rewards, done)
    with tf.GradientTape() as tape:
        logits = tf.gather(online(states, training=True), actions, batch_dims=1)
        loss = -tf.reduce_mean(tf.reduce_sum(wanted * tf.nn.log_softmax(logits), axis=1))
    gradients = tape.gradient(loss, online.trainable_variables)
    gradients, _ = tf.clip_by_global_norm(gradients, 10.0)
    optimizer.apply_gradients(zip(gradients, online.trainable_variables))
    return loss


@tf.function
def greedy(state):
    return tf.argmax(tf.reduce_sum(tf.nn.softmax(online(state), axis=-1) * SUPPORT, axis=-1), axis=1)[0]


one_hot = np.eye(CELLS, dtype="float32")
replay = collections.deque(maxlen=2000)
env, state, updates = Corridor(), None, 0
state = env.reset()
for t in range(900):
    if t < 200 or random.random() < 0.2:
        action = random.randrange(ACTIONS)
    else:
        action = int(greedy(one_hot[state:state + 1]))
    next_state, reward, done = env.step(action)
    replay.append(Transition(state, action, reward, next_state, float(done)))
    state = env.reset() if done else next_state

    if len(replay) >= 32 and t % 4 == 0:
        batch = Transition(*zip(*random.sample(replay, 32)))
        loss = update(tf.constant(one_hot[list(batch.state)]), tf.constant(batch.action, tf.int32),
                      tf.constant(batch.reward, tf.float32), tf.constant(one_hot[list(batch.next_state)]),
                      tf.constant(batch.done, tf.float32))
        updates += 1
        if updates % 20 == 0:
            print(f"t={t} update {updates} cross-entropy {float(loss):.4f}")
    if t % 100 == 0:
        target.set_weights(online.get_weights())
