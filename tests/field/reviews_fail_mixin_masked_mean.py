# review sentiment. Encoder is nested: ReviewModel -> DocumentEncoder -> pooling mixin. Loss nan in epoch 1
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(84)
VOCAB, MAXLEN = 40, 10


class PoolingMixin:
    def weights_from_mask(self, mask, dtype):
        return tf.cast(mask, dtype)[..., tf.newaxis]

    def pool(self, h, mask):
        raise NotImplementedError


class MaskedMeanMixin(PoolingMixin):
    def pool(self, h, mask):
        w = self.weights_from_mask(mask, h.dtype)
        total = tf.reduce_sum(h * w, axis=1)
        return total / tf.reduce_sum(w, axis=1)  # whynan: zero_weight_sum phase=forward rows=9,171 also=divide_by_zero,empty_reduction


class ActivityPenaltyMixin:
    def penalise(self, doc):
        self.add_loss(1e-4 * tf.reduce_mean(tf.square(doc)))


class DocumentEncoder(MaskedMeanMixin, ActivityPenaltyMixin, layers.Layer):
    def __init__(self, dim, **kwargs):
        super().__init__(**kwargs)
        self.embed = layers.Embedding(VOCAB, dim, mask_zero=True)
        self.mix = layers.Dense(dim, activation="tanh")

    def call(self, ids):
        mask = self.embed.compute_mask(ids)
        doc = self.pool(self.mix(self.embed(ids)), mask)
        self.penalise(doc)
        return doc


class ReviewModel(keras.Model):
    def __init__(self):
        super().__init__()
        self.encoder = DocumentEncoder(16)
        self.score = layers.Dense(1)

    def call(self, ids):
        return self.score(self.encoder(ids))


def make_reviews(n=256):
    rng = np.random.default_rng(84)
    ids = rng.integers(1, VOCAB, size=(n, MAXLEN))
    for row, length in enumerate(rng.integers(2, MAXLEN + 1, n)):
        ids[row, length:] = 0
    y = ((ids > VOCAB // 2).sum(axis=1) > 2).astype("float32")
    ids[[9, 171]] = 0              # only emojis, nothing left after tokenisation
    return ids.astype("int32"), y[:, None]


x, y = make_reviews()
model = ReviewModel()
model.compile(optimizer=keras.optimizers.Adam(5e-3), loss=keras.losses.BinaryCrossentropy(from_logits=True))
model.fit(x, y, batch_size=32, epochs=3, verbose=2)
