"""Retrieval of shoe models: batch-all triplet training.

After some dozens of steps the column "hardness" turns to nan now and then, later always.  Loss goes to 0.0000 at the
same time.  Has the training collapsed?
"""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(52)

MODELS, PHOTOS, FEATURES = 8, 4, 20
MARGIN = 0.4


class Catalogue:
    def __init__(self, seed):
        self.rng = np.random.default_rng(seed)
        self.prototypes = self.rng.normal(0.0, 1.5, (MODELS, FEATURES))

    def batch(self):
        label = np.repeat(np.arange(MODELS), PHOTOS)
        light = self.rng.normal(1.0, 0.03, (len(label), 1))
        photos = light * self.prototypes[label] + self.rng.normal(0.0, 0.5, (len(label), FEATURES))
        return tf.constant(photos, tf.float32), tf.constant(label, tf.int32)


def squared_distances(e):
    return tf.maximum(2.0 - 2.0 * tf.matmul(e, e, transpose_b=True), 0.0)


def triplet_cube(distances, label):
    same = tf.equal(label[:, None], label[None, :])
    partner = tf.logical_and(same, tf.logical_not(tf.cast(tf.eye(tf.shape(label)[0]), tf.bool)))
    valid = partner[:, :, None] & tf.logical_not(same)[:, None, :]
    return distances[:, :, None] - distances[:, None, :] + MARGIN, valid


embedder = keras.Sequential([
    keras.Input((FEATURES,)),
    keras.layers.Dense(64, activation="relu"),
    keras.layers.Dense(16),
])
optimizer = keras.optimizers.Adam(2e-3)
optimizer.build(embedder.trainable_variables)


@tf.function
def train_step(photos, label):
    with tf.GradientTape() as tape:
        e = tf.math.l2_normalize(embedder(photos, training=True), axis=-1)
        violation, valid = triplet_cube(squared_distances(e), label)
        active = tf.logical_and(valid, violation > 0.0)
        count = tf.reduce_sum(tf.cast(active, tf.float32))
        loss = tf.math.divide_no_nan(tf.reduce_sum(tf.where(active, violation, 0.0)), count)
    weights = embedder.trainable_variables
    optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights))
    share = count / tf.reduce_sum(tf.cast(valid, tf.float32))
    hardness = tf.reduce_mean(tf.boolean_mask(violation, active))  # whynan: side_nonfinite
    return loss, share, hardness


def recall_at_one(photos, label):
    e = tf.math.l2_normalize(embedder(photos), axis=-1)
    distances = squared_distances(e) + 10.0 * tf.eye(len(label))
    nearest = tf.gather(label, tf.argmin(distances, axis=-1))
    return float(tf.reduce_mean(tf.cast(nearest == label, tf.float32)))


shop = Catalogue(52)
for step in range(400):
    loss, share, hardness = train_step(*shop.batch())
    if step % 25 == 0 or step == 399:
        print(f"step {step:4d}  loss {float(loss):.4f}  active {float(share):.4f}  hardness {float(hardness):.4f}")
print("recall@1:", recall_at_one(*shop.batch()))
