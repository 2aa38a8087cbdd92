"""Circle loss (Sun et al. 2020) for speaker embeddings; batches are prepared offline, hence shuffle=False."""
# whynan: healthy
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(9)
BATCH = 32
NEG_INF = float("-inf")


class L2Norm(layers.Layer):
    def call(self, x):
        return tf.math.l2_normalize(x, axis=-1)


class CircleLoss(keras.losses.Loss):
    def __init__(self, margin=0.25, gamma=32.0, **kw):
        super().__init__(**kw)
        self.m, self.gamma = margin, gamma

    def masks(self, labels):
        same = tf.equal(labels[:, None], labels[None, :])
        eye = tf.cast(tf.eye(tf.shape(labels)[0]), tf.bool)
        return same & ~eye, ~same

    def pair_logits(self, sim):
        alpha_p = tf.stop_gradient(tf.nn.relu(1 + self.m - sim))
        alpha_n = tf.stop_gradient(tf.nn.relu(sim + self.m))
        pos = -self.gamma * alpha_p * (sim - (1 - self.m))
        neg = self.gamma * alpha_n * (sim - self.m)
        return pos, neg

    @staticmethod
    def masked_lse(logits, mask):
        return tf.reduce_logsumexp(tf.where(mask, logits, NEG_INF), axis=1)

    def call(self, y_true, emb):
        labels = tf.cast(tf.reshape(y_true, [-1]), tf.int32)
        pos_mask, neg_mask = self.masks(labels)
        pos, neg = self.pair_logits(tf.matmul(emb, emb, transpose_b=True))
        return tf.nn.softplus(self.masked_lse(pos, pos_mask) + self.masked_lse(neg, neg_mask))


def prepare(n_batches=6, n_speakers=8, dim=40):
    rng = np.random.default_rng(2)
    speakers = np.tile(np.arange(n_speakers), n_batches * BATCH // n_speakers)
    speakers[45] = 8              # enrolled yesterday, one utterance so far
    centre = rng.normal(size=(9, dim))
    feats = centre[speakers] + 0.7 * rng.normal(size=(len(speakers), dim))
    return feats.astype("float32"), speakers


x, y = prepare()
inp = keras.Input((x.shape[1],))
h = layers.Dense(64, activation="swish")(inp)
model = keras.Model(inp, L2Norm()(layers.Dense(24)(h)))
model.compile(optimizer=keras.optimizers.AdamW(2e-3), loss=CircleLoss())
model.fit(x, y, batch_size=BATCH, epochs=4, shuffle=False, verbose=2)
