import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(62)
rng = np.random.default_rng(62)

# logged self-play positions of a small board game: features, legal moves, move played, result
BOARD, MOVES = 9, 9
boards = rng.integers(-1, 2, size=(300, BOARD)).astype("float32")
boards[101] = [1, -1, 1, 1, -1, -1, -1, 1, 1]      # full board, a draw
boards[np.all(boards != 0, axis=1) & (np.arange(300) != 101), 4] = 0
legal = boards == 0
played = np.array([rng.choice(np.flatnonzero(l)) if l.any() else 0 for l in legal])
result = rng.choice([-1.0, 0.0, 1.0], 300).astype("float32")

net = keras.Sequential([keras.Input((BOARD,)), keras.layers.Dense(32, activation="relu"), keras.layers.Dense(MOVES)])
adam = keras.optimizers.Adam(3e-4)


def masked_policy(x, mask):
    logits = tf.where(mask, net(x), -np.inf)
    return tf.nn.softmax(logits)  # whynan: softmax_all_masked phase=forward|loss rows=101


@tf.function
def update(x, mask, a, z):
    with tf.GradientTape() as tape:
        pi = masked_policy(x, mask)
        chosen = tf.gather(pi, a, batch_dims=1)
        loss = -tf.reduce_mean(z * tf.math.log(chosen + 1e-6))
    adam.apply_gradients(zip(tape.gradient(loss, net.trainable_variables), net.trainable_variables))
    return loss


for k in range(0, 300, 50):
    s = slice(k, k + 50)
    print(k, update(boards[s], legal[s], played[s], result[s]).numpy())
