"""Do two classified ads offer the same second-hand bicycle? Twin network on photo and text features.

The similarity of the two embeddings lies between 0 and 1 because the embeddings are positive, so I take it directly as
the probability. Loss is nan after the first or second batch. The logarithms are protected, labels are 0 and 1 only.
"""
import keras
import numpy as np
import tensorflow as tf

SEED = 14
FEATURES = 30


def make_pairs(n=1200, seed=SEED):
    """Half of the pairs show the same bike: photographed again, or the ad was simply put online once more."""
    rng = np.random.default_rng(seed)
    left = rng.normal(size=(n, FEATURES))
    same = (rng.random(n) < 0.5).astype("float32")
    again = left + rng.normal(0.0, 0.35, size=left.shape)
    other = rng.normal(size=left.shape)
    right = np.where(same[:, None] == 1.0, again, other)
    reposted = (same == 1.0) & (rng.random(n) < 0.4)
    right[reposted] = left[reposted]
    return left.astype("float32"), right.astype("float32"), same


def likeness(a, b):
    a = tf.math.l2_normalize(a, axis=1)
    b = tf.math.l2_normalize(b, axis=1)
    return tf.reduce_sum(a * b, axis=1)


class PairCrossentropy:
    def __init__(self, eps=1e-8):
        self.eps = eps

    def hit(self, same, p):
        return same * tf.math.log(p + self.eps)

    def miss(self, same, p):
        return (1.0 - same) * tf.math.log(1.0 - p + self.eps)  # whynan: log_of_negative phase=loss also=log_of_zero,catastrophic_cancellation,clip_misuse

    def __call__(self, same, p):
        return -tf.reduce_mean(self.hit(same, p) + self.miss(same, p))


class Twins(keras.Model):
    def __init__(self, hidden=64, width=48):
        super().__init__()
        self.tower = keras.Sequential(
            [
                keras.layers.Dense(hidden, activation="gelu"),
                keras.layers.Dense(width, activation="softplus"),
            ]
        )
        self.criterion = PairCrossentropy()
        self.running_loss = keras.metrics.Mean(name="loss")
        self.running_hits = keras.metrics.BinaryAccuracy(name="hits", threshold=0.9)

    def call(self, pair, training=False):
        left, right = pair
        return likeness(self.tower(left, training=training), self.tower(right, training=training))

    @property
    def metrics(self):
        return [self.running_loss, self.running_hits]

    def train_step(self, data):
        pair, same = data
        with tf.GradientTape() as tape:
            p = self(pair, training=True)
            loss = self.criterion(same, p)
        weights = self.trainable_variables
        self.optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights))
        self.running_loss.update_state(loss)
        self.running_hits.update_state(same[:, None], p[:, None])
        return {m.name: m.result() for m in self.metrics}


def dataset():
    left, right, same = make_pairs()
    assert set(np.unique(same)) == {0.0, 1.0}
    ds = tf.data.Dataset.from_tensor_slices(((left, right), same))
    return ds.shuffle(1200, seed=SEED).batch(48).prefetch(2)


if __name__ == "__main__":
    keras.utils.set_random_seed(SEED)
    twins = Twins()
    twins.compile(optimizer=keras.optimizers.Adam(1e-3))
    twins.fit(dataset(), epochs=3, verbose=2)
