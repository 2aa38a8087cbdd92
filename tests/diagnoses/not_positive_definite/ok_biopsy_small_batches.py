"""Benign or malignant, breast cancer data of sklearn, with a whitening layer in place of batch normalisation.

My batches are smaller (16, the last one 9) than the layer is wide (24). The covariance of so few rows is singular, which
I treat with the usual shrinkage to a multiple of the identity. It seems to train, is this safe?
"""
# whynan: healthy
import keras
import numpy as np
import tensorflow as tf
from keras import layers
from sklearn.datasets import load_breast_cancer


class ShrunkWhitening(layers.Layer):
    def __init__(self, shrinkage=0.3, momentum=0.9, **kwargs):
        super().__init__(**kwargs)
        self.shrinkage = shrinkage
        self.momentum = momentum

    def build(self, input_shape):
        self.width = int(input_shape[-1])
        self.running_mean = self.add_weight(
            shape=(self.width,), initializer="zeros", trainable=False, name="running_mean"
        )
        self.running_cov = self.add_weight(
            shape=(self.width, self.width), initializer="identity", trainable=False, name="running_cov"
        )

    def shrink(self, cov):
        level = tf.linalg.trace(cov) / self.width
        return (1.0 - self.shrinkage) * cov + self.shrinkage * level * tf.eye(self.width)

    def call(self, x, training=False):
        if training:
            mean = tf.reduce_mean(x, axis=0)
            centred = x - mean
            cov = self.shrink(tf.matmul(centred, centred, transpose_a=True) / tf.cast(tf.shape(x)[0], x.dtype))
            keep = self.momentum
            self.running_mean.assign(keep * self.running_mean + (1.0 - keep) * mean)
            self.running_cov.assign(keep * self.running_cov + (1.0 - keep) * cov)
        else:
            centred = x - tf.convert_to_tensor(self.running_mean)
            cov = tf.convert_to_tensor(self.running_cov)
        factor = tf.linalg.cholesky(cov)
        return tf.transpose(tf.linalg.triangular_solve(factor, tf.transpose(centred)))


def main():
    keras.utils.set_random_seed(13)
    x, y = load_breast_cancer(return_X_y=True)
    x = ((x - x.mean(axis=0)) / x.std(axis=0)).astype("float32")
    inputs = keras.Input((x.shape[1],))
    h = layers.Dense(24, activation="tanh")(inputs)
    h = ShrunkWhitening(name="whitening")(h)
    h = layers.Dense(12, activation="relu")(h)
    model = keras.Model(inputs, layers.Dense(1, activation="sigmoid")(h))
    model.compile(keras.optimizers.Adam(3e-3), loss="binary_crossentropy", metrics=["accuracy"])
    history = model.fit(x, y.astype("float32")[:, None], batch_size=16, epochs=8, verbose=0)
    print("loss", np.round(history.history["loss"], 4))
    print("accuracy", np.round(history.history["accuracy"], 3))


main()
