# Center loss for face embeddings + push the centers apart from each other (my own idea, so that
# the identities don't collapse). The pull part alone works.
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(3)
IDENTITIES, BACKBONE, DIM = 10, 40, 16
SEPARATION = 0.1


def squared_distances(a, b):
    """(n, d) x (m, d) -> (n, m)"""
    return tf.reduce_sum(tf.square(a[:, None, :] - b[None, :, :]), axis=-1)


class CenterEmbedding(keras.Model):
    def __init__(self):
        super().__init__()
        self.project = keras.layers.Dense(DIM, use_bias=False, name="project")
        self.centers = self.add_weight(
            shape=(IDENTITIES, DIM), initializer=keras.initializers.RandomNormal(stddev=0.1), name="centers"
        )

    def call(self, features):
        return self.project(features)

    def pull(self, z, ids):
        own = tf.gather(squared_distances(z, self.centers), ids, axis=1, batch_dims=1)
        return tf.reduce_mean(own)

    def push(self):
        # every pair once
        return 0.5 * tf.reduce_sum(squared_distances(self.centers, self.centers))

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        ids = tf.cast(tf.reshape(y, [-1]), tf.int32)
        compact = self.pull(y_pred, ids)
        return compact - SEPARATION * self.push()  # whynan: wrong_sign_loss phase=loss|gradient also=exploding_gradient,learning_rate_too_high


def backbone_features(n=480):
    """penultimate layer of the pretrained net, L2 normalised"""
    rng = np.random.default_rng(8)
    ids = rng.integers(0, IDENTITIES, n)
    f = rng.normal(size=(IDENTITIES, BACKBONE))[ids] + 0.5 * rng.normal(size=(n, BACKBONE))
    f /= np.linalg.norm(f, axis=1, keepdims=True)
    return f.astype("float32"), ids.astype("int32")


features, ids = backbone_features()
model = CenterEmbedding()
model.compile(optimizer=keras.optimizers.SGD(0.5))
model.fit(features, ids, batch_size=32, epochs=12, verbose=2)
