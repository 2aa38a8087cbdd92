"""AlphaZero style policy/value net on a 6x6 Othello board.

Question for the forum: my debugger shows -inf in the log-probabilities of the illegal moves. Training looks fine though?
"""
# whynan: healthy
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(11)
BOARD = 6
N_MOVES = BOARD * BOARD


def self_play_buffer(n, rng):
    """(own, enemy) planes, the legal moves, MCTS visit counts and the outcome of the game."""
    cells = rng.integers(0, 3, size=(n, BOARD, BOARD))
    planes = np.stack([cells == 1, cells == 2], axis=-1).astype("float32")
    legal = (cells == 0).reshape(n, N_MOVES)
    legal[:, 0] |= legal.sum(1) == 0
    taste = rng.normal(size=(2 * N_MOVES, N_MOVES))
    score = planes.reshape(n, -1) @ taste
    score[~legal] = -np.inf
    p = np.exp(score - score.max(1, keepdims=True))
    p /= p.sum(1, keepdims=True)
    visits = np.stack([rng.multinomial(80, row) for row in p]).astype("float32")
    outcome = np.sign(planes[..., 0].sum((1, 2)) - planes[..., 1].sum((1, 2))).astype("float32")
    return planes, legal, visits / 80.0, outcome[:, None]


def build_tower():
    board = keras.Input((BOARD, BOARD, 2))
    h = board
    for _ in range(2):
        h = layers.Conv2D(24, 3, padding="same", activation="relu")(h)
    flat = layers.Flatten()(h)
    logits = layers.Dense(N_MOVES)(flat)
    value = layers.Dense(1, activation="tanh")(layers.Dense(32, activation="relu")(flat))
    return keras.Model(board, [logits, value])


class Zero(keras.Model):
    def __init__(self, tower, entropy_bonus=0.01):
        super().__init__()
        self.tower = tower
        self.entropy_bonus = entropy_bonus
        self.trackers = {k: keras.metrics.Mean(name=k) for k in ("loss", "policy", "value", "entropy")}

    @property
    def metrics(self):
        return list(self.trackers.values())

    def call(self, board):
        return self.tower(board)

    @staticmethod
    def policy_terms(logits, legal, pi):
        masked = tf.where(legal, logits, -np.inf)
        logp = tf.nn.log_softmax(masked)              # -inf for every illegal move, on purpose
        logp_legal = tf.where(legal, logp, 0.0)       # ... and they never enter a product
        cross_entropy = -tf.reduce_sum(pi * logp_legal, -1)
        entropy = -tf.reduce_sum(tf.exp(logp) * logp_legal, -1)
        return tf.reduce_mean(cross_entropy), tf.reduce_mean(entropy)

    def train_step(self, data):
        (board, legal), (pi, z) = data
        with tf.GradientTape() as tape:
            logits, v = self.tower(board, training=True)
            ce, entropy = self.policy_terms(logits, legal, pi)
            value_loss = tf.reduce_mean(tf.square(z - v))
            loss = ce + value_loss - self.entropy_bonus * entropy
        grads = tape.gradient(loss, self.tower.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.tower.trainable_variables))
        for key, val in dict(loss=loss, policy=ce, value=value_loss, entropy=entropy).items():
            self.trackers[key].update_state(val)
        return {k: t.result() for k, t in self.trackers.items()}


planes, legal, pi, z = self_play_buffer(768, np.random.default_rng(11))
ds = tf.data.Dataset.from_tensor_slices(((planes, legal), (pi, z))).shuffle(768, seed=1).batch(64)
agent = Zero(build_tower())
agent.compile(optimizer=keras.optimizers.Adam(1e-3))
agent.fit(ds, epochs=6, verbose=2)
