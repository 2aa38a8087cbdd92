"""DQN with a target network that learns noughts and crosses against a random player.

As soon as it has collected enough moves and starts to learn, the loss is nan. A table of the replay memory shows
nothing strange (cells -1/0/1, rewards between -1 and 1), the Q values of the untrained network are all about 0.1.
"""
from collections import deque

import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(5)
rng = np.random.default_rng(5)

GAMMA = 0.95
BATCH = 64
LEARN_AFTER = 150
SYNC_EVERY = 50
EPISODES = 130
LINES = np.array([[0, 1, 2], [3, 4, 5], [6, 7, 8], [0, 3, 6], [1, 4, 7], [2, 5, 8], [0, 4, 8], [2, 4, 6]])


class Board:
    def __init__(self):
        self.cells = np.zeros(9, dtype="float32")

    def free(self):
        return self.cells == 0

    def won(self, who):
        return bool((self.cells[LINES] == who).all(axis=1).any())

    def move(self, cell):
        """Our stone, then the answer of the opponent. Returns reward and whether the game is over."""
        self.cells[cell] = 1.0
        if self.won(1.0):
            return 1.0, True
        if not self.free().any():
            return 0.3, True
        self.cells[rng.choice(np.flatnonzero(self.free()))] = -1.0
        if self.won(-1.0):
            return -1.0, True
        return 0.0, False


def make_net():
    return keras.Sequential([
        keras.Input((9,)),
        keras.layers.Dense(64, activation="relu"),
        keras.layers.Dense(64, activation="relu"),
        keras.layers.Dense(9),
    ])


class Agent:
    def __init__(self):
        self.net, self.target = make_net(), make_net()
        self.target.set_weights(self.net.get_weights())
        self.optimizer = keras.optimizers.Adam(1e-3)
        self.optimizer.build(self.net.trainable_variables)
        self.huber = keras.losses.Huber()
        self.memory = deque(maxlen=5000)
        self.updates = 0

    def choose(self, board, epsilon):
        free = board.free()
        if rng.random() < epsilon:
            return int(rng.choice(np.flatnonzero(free)))
        q = self.net(board.cells[None, :]).numpy()[0]
        return int(np.argmax(np.where(free, q, -np.inf)))

    def learn(self):
        picks = rng.choice(len(self.memory), BATCH, replace=False)
        s, a, r, s2, over, free2 = (np.stack(part) for part in zip(*[self.memory[i] for i in picks]))
        loss = self.update(tf.constant(s), tf.constant(a), tf.constant(r), tf.constant(s2), tf.constant(over),
                           tf.constant(free2))
        self.updates += 1
        if self.updates % SYNC_EVERY == 0:
            self.target.set_weights(self.net.get_weights())
        return float(loss)

    @tf.function
    def update(self, s, a, r, s2, over, free2):
        q_next = self.target(s2)
        goal = r + GAMMA * (1.0 - over) * tf.reduce_max(tf.where(free2, q_next, -np.inf), axis=1)  # whynan: empty_reduction phase=forward|loss|data also=zero_times_inf,nan_mask_mismatch,softmax_all_masked
        with tf.GradientTape() as tape:
            chosen = tf.reduce_sum(self.net(s, training=True) * tf.one_hot(a, 9), axis=1)
            loss = self.huber(goal, chosen)
        grads = tape.gradient(loss, self.net.trainable_variables)
        grads, _ = tf.clip_by_global_norm(grads, 10.0)
        self.optimizer.apply_gradients(zip(grads, self.net.trainable_variables))
        return loss


agent = Agent()
for episode in range(EPISODES):
    board, over, total, losses = Board(), False, 0.0, []
    epsilon = max(0.1, 1.0 - episode / 100)
    while not over:
        before = board.cells.copy()
        action = agent.choose(board, epsilon)
        reward, over = board.move(action)
        total += reward
        agent.memory.append((before, np.int32(action), np.float32(reward), board.cells.copy(), np.float32(over),
                             board.free()))
        if len(agent.memory) > LEARN_AFTER:
            losses.append(agent.learn())
    if episode % 10 == 0:
        print(f"episode {episode:3d} result {total:+.1f} loss {np.mean(losses) if losses else 0.0:.4f}")
