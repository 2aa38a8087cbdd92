"""Gait of patients: a sensor in the shoe and one at the wrist, two encoders, trained so that their codes agree.

The loss is negative from the first batch and only gets more negative, for all seeds. With other networks a loss below
zero was always the beginning of the end. What is diverging here?
"""
import numpy as np
import tensorflow as tf
from tensorflow import keras

keras.utils.set_random_seed(23)
CODE = 2


def record(walks, rng):
    gait = rng.normal(size=(walks, CODE))
    bag = rng.normal(size=(walks, 3))       # only the wrist feels the shopping bag
    floor = rng.normal(size=(walks, 3))     # only the shoe feels the floor
    shoe = np.concatenate([np.tanh(gait @ rng.normal(size=(CODE, 5))), floor @ rng.normal(size=(3, 5))], axis=1)
    wrist = np.concatenate([np.sin(0.8 * gait @ rng.normal(size=(CODE, 4))), bag @ rng.normal(size=(3, 4))], axis=1)
    shoe += 0.05 * rng.normal(size=shoe.shape)
    wrist += 0.05 * rng.normal(size=wrist.shape)
    return [(v - v.mean(0)) / v.std(0) for v in (shoe, wrist)]


def encoder(width, name):
    return keras.Sequential([
        keras.Input((width,)),
        keras.layers.Dense(40, activation="tanh"),
        keras.layers.Dense(24, activation="tanh"),
        keras.layers.Dense(CODE),
    ], name=name)


def canonical(a, b, ridge=1e-3):
    """Minus the sum of the squared canonical correlations of two batches of codes."""
    count = tf.cast(tf.shape(a)[0], tf.float32)
    a = a - tf.reduce_mean(a, axis=0, keepdims=True)
    b = b - tf.reduce_mean(b, axis=0, keepdims=True)
    aa = tf.matmul(a, a, transpose_a=True) / (count - 1.0) + ridge * tf.eye(CODE)
    bb = tf.matmul(b, b, transpose_a=True) / (count - 1.0) + ridge * tf.eye(CODE)
    ab = tf.matmul(a, b, transpose_a=True) / (count - 1.0)
    whitened = tf.linalg.triangular_solve(tf.linalg.cholesky(aa), ab)
    whitened = tf.linalg.triangular_solve(tf.linalg.cholesky(bb), tf.transpose(whitened))
    return -tf.reduce_sum(tf.square(whitened))


class Agreement:
    def __init__(self, left, right, rate):
        self.left, self.right = left, right
        self.optimizer = keras.optimizers.Adam(rate)
        self.weights = left.trainable_variables + right.trainable_variables
        self.optimizer.build(self.weights)

    def step(self, shoe, wrist):
        with tf.GradientTape() as tape:
            loss = canonical(self.left(shoe, training=True), self.right(wrist, training=True))
        grads = tape.gradient(loss, self.weights)
        self.optimizer.apply_gradients(zip(grads, self.weights))
        return float(loss)

    def score(self, shoe, wrist):
        return float(canonical(self.left(shoe), self.right(wrist)))


def main():
    rng = np.random.default_rng(23)
    shoe, wrist = [v.astype("float32") for v in record(2400, rng)]
    agreement = Agreement(encoder(shoe.shape[1], "shoe"), encoder(wrist.shape[1], "wrist"), 3e-3)
    print("before", agreement.score(shoe[2000:], wrist[2000:]))
    for epoch in range(35):
        order = rng.permutation(2000)
        losses = [agreement.step(shoe[rows], wrist[rows]) for rows in np.split(order, 8)]
        if epoch % 5 == 4:
            print(f"epoch {epoch + 1}  loss {np.mean(losses):.4f}  held out {agreement.score(shoe[2000:], wrist[2000:]):.4f}")


if __name__ == "__main__":
    main()
# whynan: healthy
