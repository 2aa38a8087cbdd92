"""Person re-identification, batch-hard triplet loss with soft margin (Hermans et al.)."""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(4)


class PKSampler:
    """P persons, up to K crops of each."""

    def __init__(self, labels, p=4, k=4, seed=0):
        self.index = {pid: np.flatnonzero(labels == pid) for pid in np.unique(labels)}
        self.p, self.k = p, k
        self.rng = np.random.default_rng(seed)

    def __iter__(self):
        return self

    def __next__(self):
        chosen = self.rng.choice(list(self.index), self.p, replace=False)
        rows = [self.rng.choice(self.index[c], min(self.k, len(self.index[c])), replace=False) for c in chosen]
        return np.concatenate(rows)


def pairwise_distance(emb):
    diff = emb[:, None, :] - emb[None, :, :]
    return tf.sqrt(tf.reduce_sum(tf.square(diff), axis=-1))  # whynan: sqrt_grad_at_zero phase=gradient also=norm_grad_at_zero


def batch_hard(labels, emb):
    dist = pairwise_distance(emb)
    same = tf.cast(tf.equal(labels[:, None], labels[None, :]), emb.dtype)
    hardest_pos = tf.reduce_max(same * dist, axis=1)
    hardest_neg = tf.reduce_min(dist + 1e6 * same, axis=1)
    return tf.reduce_mean(tf.nn.softplus(hardest_pos - hardest_neg))


def make_crops():
    rng = np.random.default_rng(1)
    # market-like: six crops per person, but person 11 was seen by one camera only
    labels = np.array([pid for pid in range(11) for _ in range(6)] + [11])
    colour = rng.uniform(0, 1, (12, 1, 1, 3))
    x = colour[labels] + 0.15 * rng.normal(size=(len(labels), 24, 12, 3))
    return x.astype("float32"), labels


x, labels = make_crops()
net = keras.Sequential([
    keras.Input((24, 12, 3)),
    layers.Conv2D(8, 3, strides=2, activation="relu"),
    layers.Conv2D(16, 3, strides=2, activation="relu"),
    layers.GlobalAveragePooling2D(),
    layers.Dense(16),
])
opt = keras.optimizers.Adam(1e-3)
sampler = PKSampler(labels)
for step, rows in zip(range(60), sampler):
    with tf.GradientTape() as tape:
        emb = net(x[rows], training=True)
        loss = batch_hard(tf.constant(labels[rows]), emb)
    opt.apply_gradients(zip(tape.gradient(loss, net.trainable_variables), net.trainable_variables))
    if step % 10 == 0:
        print(step, float(loss))
