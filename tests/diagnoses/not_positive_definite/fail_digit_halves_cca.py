"""Two networks, one sees the left half of a digit and the other one the right half. Deep CCA: their outputs shall be as
correlated as possible.

In the progress bar the loss falls nicely during the first epoch, and on the last step it becomes nan, and stays so.
Every batch is shuffled, there is no bad picture: if I train on the first 1120 only everything is fine.
"""
import keras
import numpy as np
import tensorflow as tf
from keras import layers
from sklearn.datasets import load_digits

OUTPUTS = 24
BATCH = 112


def whiten(view):
    """(batch, d) to (d, batch) with uncorrelated rows of unit length."""
    count = tf.cast(tf.shape(view)[0], view.dtype)
    centred = view - tf.reduce_mean(view, axis=0, keepdims=True)
    cov = tf.matmul(centred, centred, transpose_a=True) / (count - 1.0)
    factor = tf.linalg.cholesky(cov)  # whynan: not_positive_definite phase=loss
    return tf.linalg.triangular_solve(factor, tf.transpose(centred)) / tf.sqrt(count - 1.0)


class CanonicalCorrelation(keras.losses.Loss):
    def call(self, y_true, y_pred):
        left, right = tf.split(y_pred, 2, axis=1)
        cross = tf.matmul(whiten(left), whiten(right), transpose_b=True)
        return OUTPUTS - tf.reduce_sum(tf.square(cross))


def branch(inputs, name):
    h = layers.Dense(48, activation="tanh", name=f"{name}_hidden")(inputs)
    return layers.Dense(OUTPUTS, name=f"{name}_out")(h)


def build(pixels):
    left = keras.Input((pixels,), name="left")
    right = keras.Input((pixels,), name="right")
    both = layers.Concatenate()([branch(left, "left"), branch(right, "right")])
    return keras.Model([left, right], both)


def halves():
    images = load_digits().images.astype("float32") / 16.0
    return images[:, :, :4].reshape(len(images), -1), images[:, :, 4:].reshape(len(images), -1)


def main():
    keras.utils.set_random_seed(1)
    left, right = halves()
    nothing = np.zeros((len(left), 1), "float32")  # there are no labels in CCA
    model = build(left.shape[1])
    model.compile(optimizer=keras.optimizers.Adam(2e-3), loss=CanonicalCorrelation())
    history = model.fit([left, right], nothing, batch_size=BATCH, epochs=5, verbose=2)
    print("correlation left to find:", [round(v, 3) for v in history.history["loss"]])


if __name__ == "__main__":
    main()
