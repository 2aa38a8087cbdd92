"""Who is that cat? Re-identification from whisker-pad spot descriptors,
batch-hard triplet loss (Hermans et al. 2017) with the soft margin."""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(19)
rng = np.random.default_rng(19)

CATS = 40
DIM = 30

# camera traps: some cats come by every night, some were seen a few times only
visits = np.concatenate([rng.integers(30, 60, 25), rng.integers(2, 6, CATS - 25)])
spots = rng.normal(size=(CATS, DIM))
ids = np.repeat(np.arange(CATS), visits).astype("int32")
desc = (spots[ids] + rng.normal(0, 0.7, (len(ids), DIM))).astype("float32")
print(len(ids), "photos of", CATS, "cats")

encoder = keras.Sequential([
    keras.Input((DIM,)),
    layers.Dense(64, activation="relu"),
    layers.Dense(32),
])
opt = keras.optimizers.Adam(1e-3)


def pairwise(e):
    sq = tf.reduce_sum(tf.square(e), axis=1)
    d2 = sq[:, None] + sq[None, :] - 2.0 * tf.matmul(e, e, transpose_b=True)
    return tf.sqrt(tf.maximum(d2, 1e-12))


def batch_hard(e, who):
    d = pairwise(e)
    same = tf.equal(who[:, None], who[None, :])
    not_self = tf.logical_not(tf.eye(tf.shape(who)[0], dtype=tf.bool))
    hardest_pos = tf.reduce_max(
        tf.where(tf.logical_and(same, not_self), d, -np.inf), axis=1)
    hardest_neg = tf.reduce_min(tf.where(same, np.inf, d), axis=1)
    return tf.reduce_mean(tf.nn.softplus(hardest_pos - hardest_neg))


@tf.function
def update(xb, who):
    with tf.GradientTape() as tape:
        e = tf.math.l2_normalize(encoder(xb, training=True), axis=1)
        loss = batch_hard(e, who)
    grads = tape.gradient(loss, encoder.trainable_variables)
    opt.apply_gradients(zip(grads, encoder.trainable_variables))
    return loss


def rank1(x, who):
    e = tf.math.l2_normalize(encoder(x), axis=1).numpy()
    sim = e @ e.T
    np.fill_diagonal(sim, -np.inf)
    return float((who[sim.argmax(1)] == who).mean())


ds = tf.data.Dataset.from_tensor_slices((desc, ids)).shuffle(2000, seed=19).batch(48, drop_remainder=True)
print("rank-1 before training: %.3f" % rank1(desc, ids))
for epoch in range(12):
    vals = [float(update(a, b)) for a, b in ds]  # whynan: healthy
    if epoch % 3 == 2:
        print("epoch %2d  loss %.4f  rank-1 %.3f" % (epoch + 1, np.mean(vals), rank1(desc, ids)))
