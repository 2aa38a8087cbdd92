# Deep embedded clustering of sensor snippets. Original DEC learns the centres by gradient; I re-estimate them
# every REFRESH epochs by a k-means step because it should be faster.
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(14)
CLUSTERS, CODE, REFRESH, EPOCHS = 20, 2, 2, 6


def snippets(n=384, length=24):
    rng = np.random.default_rng(14)
    kind = rng.integers(0, 3, n)
    time = np.linspace(0, 1, length)
    waves = np.stack([np.sin(2 * np.pi * time), np.sign(np.sin(4 * np.pi * time)), 2 * time - 1])
    return (waves[kind] + rng.normal(0, 0.2, (n, length))).astype("float32")


def student_t(codes, centres):
    d2 = tf.reduce_sum((codes[:, None, :] - centres[None, :, :]) ** 2, axis=-1)
    q = 1.0 / (1.0 + d2)
    return q / tf.reduce_sum(q, axis=1, keepdims=True)


def sharpen(q):
    weight = q ** 2 / tf.reduce_sum(q, axis=0)
    return weight / tf.reduce_sum(weight, axis=1, keepdims=True)


class Centres:
    def __init__(self, k, dim):
        self.value = tf.Variable(tf.random.normal([k, dim], stddev=3.0, seed=14), trainable=False, name="centres")

    def nearest(self, codes):
        return tf.argmax(student_t(codes, self.value), axis=1, output_type=tf.int32)

    def k_means_step(self, codes):
        who = self.nearest(codes)
        k = self.value.shape[0]
        total = tf.math.unsorted_segment_sum(codes, who, k)
        members = tf.math.unsorted_segment_sum(tf.ones([codes.shape[0]]), who, k)
        self.value.assign(total / members[:, None])  # whynan: empty_reduction phase=update|forward also=divide_by_zero


class Clusterer:
    def __init__(self, encoder):
        self.encoder = encoder
        self.centres = Centres(CLUSTERS, CODE)
        self.optimizer = keras.optimizers.Adam(2e-3)
        self.optimizer.build(encoder.trainable_variables)

    @tf.function
    def train_step(self, batch):
        with tf.GradientTape() as tape:
            q = student_t(self.encoder(batch, training=True), self.centres.value)
            p = tf.stop_gradient(sharpen(q))
            kl = tf.reduce_mean(tf.reduce_sum(p * tf.math.log(p / q), axis=1))
        grads = tape.gradient(kl, self.encoder.trainable_variables)
        self.optimizer.apply(grads, self.encoder.trainable_variables)
        return kl

    def fit(self, x):
        batches = tf.data.Dataset.from_tensor_slices(x).shuffle(len(x), seed=1).batch(32)
        for epoch in range(EPOCHS):
            if epoch and epoch % REFRESH == 0:
                self.centres.k_means_step(self.encoder(x, training=False))
            losses = [float(self.train_step(batch)) for batch in batches]
            print(f"epoch {epoch} kl {np.mean(losses):.5f}")


encoder = keras.Sequential([
    keras.Input((24,)),
    layers.Dense(32, activation="tanh"),
    layers.Dense(CODE, activation="tanh"),
])
Clusterer(encoder).fit(snippets())
