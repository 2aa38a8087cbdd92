"""Triplet loss with the hardest negative of the batch."""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(87)
keras.mixed_precision.set_global_policy("mixed_float16")
BIG = 1e6


def hardest_triplets(labels, embedding, margin=0.5):
    dot = tf.matmul(embedding, embedding, transpose_b=True)
    square = tf.linalg.diag_part(dot)
    distance = tf.nn.relu(square[:, None] - 2.0 * dot + square[None, :])
    same = tf.cast(tf.equal(labels[:, None], labels[None, :]), distance.dtype)
    hardest_positive = tf.reduce_max(distance * same, axis=1)
    hardest_negative = tf.reduce_min(distance + BIG * same, axis=1)  # whynan: float16_constant_overflow phase=loss also=float16_overflow
    return tf.reduce_mean(tf.nn.relu(hardest_positive - hardest_negative + margin))


class EmbeddingModel(keras.Model):
    def __init__(self):
        super().__init__()
        self.hidden = keras.layers.Dense(24, activation="relu")
        self.project = keras.layers.Dense(6)
        self.tracker = keras.metrics.Mean(name="triplet")

    def call(self, x):
        return self.project(self.hidden(x))

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            loss = hardest_triplets(y, self(x, training=True))
            scaled = self.optimizer.scale_loss(loss)
        grads = tape.gradient(scaled, self.trainable_variables)
        self.optimizer.apply(grads, self.trainable_variables)
        self.tracker.update_state(loss)
        return {"triplet": self.tracker.result()}


rng = np.random.default_rng(87)
person = rng.integers(0, 5, 160)
photo = (rng.normal(size=(5, 20))[person] + 0.3 * rng.normal(size=(160, 20))).astype("float32")
model = EmbeddingModel()
model.compile(optimizer=keras.optimizers.Adam(0.002))
model.fit(photo, person, epochs=3, batch_size=32, verbose=2)
