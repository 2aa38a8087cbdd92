import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(19)
rng = np.random.default_rng(19)
N_ID, DIM = 24, 12
templates = rng.normal(size=(N_ID, DIM)).astype("float32")
identity = np.repeat(np.arange(N_ID), 6)
faces = templates[identity] + 0.3 * rng.normal(size=(len(identity), DIM)).astype("float32")
faces[::6] = templates          # the enrolment picture itself


class ArcMargin(layers.Layer):
    def __init__(self, centroids, s=16.0, m=0.3):
        super().__init__()
        self.init_w = centroids
        self.s, self.m = s, m

    def build(self, shape):
        self.w = self.add_weight(shape=self.init_w.shape, initializer=lambda s, dtype=None: tf.constant(self.init_w))

    def call(self, inputs):
        x, y = inputs
        cos = tf.matmul(tf.math.l2_normalize(x, axis=1), tf.math.l2_normalize(self.w, axis=1), transpose_b=True)
        theta = tf.acos(cos)  # whynan: acos_domain phase=forward also=acos_grad_at_one
        hot = tf.one_hot(tf.cast(y[:, 0], tf.int32), N_ID)
        return self.s * (hot * tf.cos(theta + self.m) + (1.0 - hot) * cos)


xi, yi = keras.Input((DIM,)), keras.Input((1,), dtype="int32")
emb = layers.Dense(DIM, kernel_initializer="identity", use_bias=False)(xi)
net = keras.Model([xi, yi], ArcMargin(templates)([emb, yi]))
net.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
net.fit([faces, identity[:, None]], identity, epochs=2, batch_size=36, verbose=2)
