"""Contrastive pretraining on digits with the debiased loss, because one in ten "negatives" shows the same digit.

The plain contrastive loss trains without any trouble. The debiased one starts harmlessly, falls faster and faster and
then is nan. The embeddings have unit length and I already added 1e-8 in the denominator.
"""
import numpy as np
import tensorflow as tf
import keras
from sklearn.datasets import load_digits

keras.utils.set_random_seed(26)

BATCH = 64
TEMPERATURE = 0.15
CLASS_PRIOR = 0.1
EPOCHS = 12


class Encoder(keras.Model):
    def __init__(self, features=64, projection=32):
        super().__init__()
        self.backbone = keras.Sequential([
            keras.layers.Dense(128, activation="relu"),
            keras.layers.Dense(features, activation="relu"),
        ])
        self.head = keras.layers.Dense(projection)

    def call(self, x):
        return tf.math.l2_normalize(self.head(self.backbone(x)), axis=-1)


def augment(images):
    images = images + tf.random.normal(tf.shape(images), stddev=0.06)
    keep = tf.cast(tf.random.uniform(tf.shape(images)) > 0.05, tf.float32)
    return images * keep * tf.random.uniform((tf.shape(images)[0], 1), 0.9, 1.1)


class DebiasedContrast:
    """Takes the share of hidden positives, estimated from the known positive, off the sum of the negatives."""

    def __init__(self, batch, temperature, prior):
        self.temperature, self.prior = temperature, prior
        self.negatives = 2 * batch - 2
        itself = tf.eye(2 * batch)
        self.keep = 1.0 - itself - tf.roll(itself, shift=batch, axis=0)

    def __call__(self, first, second):
        both = tf.concat([first, second], axis=0)
        similar = tf.exp(tf.matmul(both, both, transpose_b=True) / self.temperature)
        positive = tf.exp(tf.reduce_sum(first * second, axis=-1) / self.temperature)
        positive = tf.concat([positive, positive], axis=0)
        others = tf.reduce_sum(similar * self.keep, axis=1)
        others = (others - self.negatives * self.prior * positive) / (1.0 - self.prior)
        return tf.reduce_mean(-tf.math.log(positive / (positive + others + 1e-8)))  # whynan: log_of_negative phase=loss


def train(images):
    encoder = Encoder()
    encoder(images[:2])
    contrast = DebiasedContrast(BATCH, TEMPERATURE, CLASS_PRIOR)
    optimizer = keras.optimizers.Adam(1e-3)
    optimizer.build(encoder.trainable_variables)

    @tf.function
    def step(batch):
        with tf.GradientTape() as tape:
            loss = contrast(encoder(augment(batch), training=True), encoder(augment(batch), training=True))
        grads = tape.gradient(loss, encoder.trainable_variables)
        optimizer.apply_gradients(zip(grads, encoder.trainable_variables))
        return loss

    data = tf.data.Dataset.from_tensor_slices(images).shuffle(len(images), seed=4).batch(BATCH, drop_remainder=True)
    for epoch in range(EPOCHS):
        losses = [float(step(batch)) for batch in data]
        print(f"epoch {epoch:2d} first {losses[0]:.4f} last {losses[-1]:.4f}")
    return encoder


digits = (load_digits().data / 16.0).astype("float32")
encoder = train(digits)
print("embedding of the first digit:", encoder(digits[:1]).numpy().round(2)[0, :6])
