"""Generative moment matching network that imitates detector clusters (log energy, length, width).

The square root of the MMD is said to give better gradients near the end, so that is what I minimise. Training is
smooth down to about 0.1 and then, when the samples finally look right, the loss is nan.
"""
import keras
import numpy as np
import tensorflow as tf
from keras import layers


class ClusterSimulator:
    def __init__(self, seed):
        self.rng = np.random.default_rng(seed)

    def sample(self, n):
        energy = self.rng.normal(3.0, 0.6, n)
        length = 0.5 * energy + self.rng.normal(0, 0.35, n)
        width = 0.8 - 0.2 * energy + self.rng.normal(0, 0.25, n)
        return np.stack([energy, length, width], axis=1).astype("float32")


def standardise(table):
    return (table - table.mean(axis=0)) / table.std(axis=0)


def mixture_kernel(a, b, bandwidths=(0.5, 1.0, 2.0)):
    squared = tf.reduce_sum(tf.square(a[:, None, :] - b[None, :, :]), axis=-1)
    return tf.add_n([tf.exp(-squared / (2.0 * s * s)) for s in bandwidths]) / len(bandwidths)


def mmd2(real, fake):
    """Unbiased estimate: the pairs of a point with itself are left out."""
    n = tf.cast(tf.shape(real)[0], tf.float32)
    m = tf.cast(tf.shape(fake)[0], tf.float32)
    k_rr, k_ff = mixture_kernel(real, real), mixture_kernel(fake, fake)
    within_real = (tf.reduce_sum(k_rr) - tf.linalg.trace(k_rr)) / (n * (n - 1.0))
    within_fake = (tf.reduce_sum(k_ff) - tf.linalg.trace(k_ff)) / (m * (m - 1.0))
    return within_real + within_fake - 2.0 * tf.reduce_mean(mixture_kernel(real, fake))


class MomentMatcher(keras.Model):
    def __init__(self, noise=4):
        super().__init__()
        self.noise = noise
        self.generator = keras.Sequential([
            keras.Input((noise,)),
            layers.Dense(32, activation="relu"),
            layers.Dense(32, activation="relu"),
            layers.Dense(3),
        ])
        self.tracker = keras.metrics.Mean(name="root_mmd")
        self.built = True

    @property
    def metrics(self):
        return [self.tracker]

    def call(self, z):
        return self.generator(z)

    def train_step(self, real):
        z = tf.random.uniform((tf.shape(real)[0], self.noise), -1.0, 1.0)
        with tf.GradientTape() as tape:
            fake = self.generator(z, training=True)
            loss = tf.sqrt(mmd2(real, fake) + 1e-8)  # whynan: sqrt_of_negative phase=forward|loss
        gradients = tape.gradient(loss, self.generator.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.generator.trainable_variables))
        self.tracker.update_state(loss)
        return {"root_mmd": self.tracker.result()}


if __name__ == "__main__":
    keras.utils.set_random_seed(31)
    table = standardise(ClusterSimulator(31).sample(3200))
    data = tf.data.Dataset.from_tensor_slices(table).shuffle(3200, seed=31).batch(50, drop_remainder=True)
    model = MomentMatcher()
    model.compile(optimizer=keras.optimizers.Adam(4e-3), jit_compile=False)
    model.fit(data, epochs=15, verbose=2)
