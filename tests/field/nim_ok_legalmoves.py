"""Policy gradient for three-heap Nim against a random opponent.

Whoever takes the last stick wins. The network sees the heaps one-hot and
scores all (heap, sticks) moves; moves that the heaps do not allow are masked.
"""
import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(17)
rng = np.random.default_rng(17)

HEAPS, TALLEST = 3, 5
MOVES = [(h, k) for h in range(HEAPS) for k in range(1, TALLEST + 1)]
N_IN = HEAPS * (TALLEST + 1)

policy = keras.Sequential([
    keras.Input((N_IN,)),
    layers.Dense(64, activation="tanh"),
    layers.Dense(len(MOVES)),
])
opt = keras.optimizers.Adam(3e-3)
opt.build(policy.trainable_variables)


def encode(heaps):
    board = np.zeros((HEAPS, TALLEST + 1), "float32")
    board[np.arange(HEAPS), heaps] = 1.0
    return board.ravel()


def legal(heaps):
    return np.array([heaps[h] >= k for h, k in MOVES])


def masked_scores(x, ok):
    return tf.where(ok, policy(x), -np.inf)


@tf.function(input_signature=[
    tf.TensorSpec([None, N_IN], tf.float32),
    tf.TensorSpec([None, len(MOVES)], tf.bool),
    tf.TensorSpec([None], tf.int32),
    tf.TensorSpec([None], tf.float32),
])
def improve(x, ok, moves, advantage):
    with tf.GradientTape() as tape:
        logp = tf.nn.log_softmax(masked_scores(x, ok))
        chosen = tf.gather(logp, moves, batch_dims=1)
        entropy = -tf.reduce_sum(tf.exp(logp) * tf.where(ok, logp, 0.0), axis=-1)
        loss = -tf.reduce_mean(chosen * advantage) - 0.01 * tf.reduce_mean(entropy)
    grads = tape.gradient(loss, policy.trainable_variables)
    opt.apply_gradients(zip(grads, policy.trainable_variables))  # whynan: healthy
    return loss


def play(n_games):
    boards = rng.integers(1, TALLEST + 1, (n_games, HEAPS))
    alive = np.ones(n_games, bool)
    result = np.zeros(n_games, "float32")
    xs, oks, moves, games = [], [], [], []
    while alive.any():
        idx = np.flatnonzero(alive)
        x = np.stack([encode(boards[i]) for i in idx])
        ok = np.stack([legal(boards[i]) for i in idx])
        probs = tf.nn.softmax(masked_scores(x, ok)).numpy().astype("float64")
        for i, xi, oki, p in zip(idx, x, ok, probs):
            a = rng.choice(len(MOVES), p=p / p.sum())
            xs.append(xi), oks.append(oki), moves.append(a), games.append(i)
            h, k = MOVES[a]
            boards[i, h] -= k
            if boards[i].sum() == 0:
                result[i], alive[i] = 1.0, False
                continue
            h, k = MOVES[rng.choice(np.flatnonzero(legal(boards[i])))]
            boards[i, h] -= k
            if boards[i].sum() == 0:
                result[i], alive[i] = -1.0, False
    return np.stack(xs), np.stack(oks), np.array(moves, "int32"), np.array(games), result


for it in range(60):
    x, ok, moves, games, result = play(40)
    adv = result[games] - result.mean()
    adv = (adv / (adv.std() + 1e-6)).astype("float32")
    loss = improve(x, ok, moves, adv)
    if it % 10 == 9:
        print(f"round {it + 1:3d}  loss {float(loss):+.3f}  won {np.mean(result > 0):.2f}")
