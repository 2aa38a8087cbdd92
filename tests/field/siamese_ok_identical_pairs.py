"""Siamese net, contrastive loss. Some positive pairs are the same image twice, so the distance is exactly 0."""
# whynan: healthy  (d enters the loss of a positive pair only as d^2, upstream gradient of the sqrt is exactly 0)
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(23)
rng = np.random.default_rng(23)

protos = rng.normal(size=(6, 16))
label = rng.integers(0, 6, 240)
items = (protos[label] + 0.3 * rng.normal(size=(240, 16))).astype("float32")

left = rng.integers(0, 240, 512)
right = (left + rng.integers(1, 240, 512)) % 240
right[:40] = left[:40]  # duplicates
similar = (label[left] == label[right]).astype("float32")[:, None]

encoder = keras.Sequential(
    [keras.Input((16,)), keras.layers.Dense(32, activation="relu"), keras.layers.Dense(8)], name="encoder"
)


class EuclideanDistance(keras.layers.Layer):
    def call(self, pair):
        a, b = pair
        return tf.sqrt(tf.reduce_sum(tf.square(a - b), axis=1, keepdims=True))


def contrastive_loss(margin=1.0):
    def loss(y_true, d):
        pull = y_true * tf.square(d)
        push = (1.0 - y_true) * tf.square(tf.maximum(margin - d, 0.0))
        return tf.reduce_mean(pull + push)

    return loss


a_in, b_in = keras.Input((16,)), keras.Input((16,))
dist = EuclideanDistance()([encoder(a_in), encoder(b_in)])
siamese = keras.Model([a_in, b_in], dist)
siamese.compile(optimizer=keras.optimizers.Adam(1e-3), loss=contrastive_loss())
siamese.fit([items[left], items[right]], similar, batch_size=32, epochs=5, verbose=2)
