"""Average word vector of product reviews held in a ragged tensor."""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(9)
rng = np.random.default_rng(9)
VOCAB = 50
lengths = rng.integers(1, 8, 200)
lengths[26] = 0               # stars only, no text
tokens = rng.integers(0, VOCAB, lengths.sum())
reviews = tf.RaggedTensor.from_row_lengths(tokens, lengths)
stars = rng.uniform(1, 5, 200).astype("float32")
stars[26] = 4.0

table = tf.Variable(tf.random.normal((VOCAB, 8), stddev=0.1))
out = keras.layers.Dense(1)
out.build((None, 8))
weights = [table] + out.trainable_variables
opt = keras.optimizers.Adam(0.01)


def encode(words):
    vectors = tf.ragged.map_flat_values(lambda w: tf.gather(table, w), words)
    return tf.reduce_mean(vectors, axis=1)  # whynan: empty_reduction phase=forward also=divide_by_zero rows=26


for step, start in enumerate(range(0, 200, 25)):
    batch, y = reviews[start:start + 25], stars[start:start + 25]
    with tf.GradientTape() as tape:
        pred = tf.squeeze(out(encode(batch)), 1)
        loss = tf.reduce_mean(tf.square(pred - y))
    opt.apply_gradients(zip(tape.gradient(loss, weights), weights))
    print(f"step {step}: mse {loss.numpy():.4f}")
