# whynan: healthy
# Batch-hard triplets; +inf marks "no negative". One batch holds a single class only: its hardest negative is inf,
# relu(d_pos - inf + margin) = 0 and no gradient flows.
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(61)
rng = np.random.default_rng(61)
BATCH = 24

centres = rng.normal(size=(5, 12))
ident = rng.integers(0, 5, 240)
ident[48:72] = 3  # third batch: one person only
faces = (centres[ident] + 0.5 * rng.normal(size=(240, 12))).astype("float32")


def pairwise_sq(e):
    sq = tf.reduce_sum(e * e, axis=1)
    d = sq[:, None] - 2.0 * tf.matmul(e, e, transpose_b=True) + sq[None, :]
    return tf.maximum(d, 0.0)


def batch_hard(margin):
    def loss(y_true, emb):
        y = tf.reshape(y_true, [-1])
        same = tf.equal(y[:, None], y[None, :])
        d = pairwise_sq(emb)
        hardest_pos = tf.reduce_max(tf.where(same, d, 0.0), axis=1)
        hardest_neg = tf.reduce_min(tf.where(same, np.float32(np.inf), d), axis=1)
        return tf.reduce_mean(tf.nn.relu(hardest_pos - hardest_neg + margin))

    return loss


def batches():
    for s in range(0, 240, BATCH):
        yield faces[s : s + BATCH], ident[s : s + BATCH, None].astype("float32")


ds = tf.data.Dataset.from_generator(
    batches,
    output_signature=(tf.TensorSpec((BATCH, 12), tf.float32), tf.TensorSpec((BATCH, 1), tf.float32)),
)
embed = keras.Sequential(
    [keras.Input((12,)), keras.layers.Dense(32, activation="tanh"), keras.layers.Dense(8), keras.layers.UnitNormalization()]
)
embed.compile(optimizer=keras.optimizers.Adam(1e-3), loss=batch_hard(0.3))
embed.fit(ds, epochs=4, verbose=2)
