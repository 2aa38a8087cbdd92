"""Gaussian process as a stand-in for our baking simulator, hyperparameters by maximum likelihood, TensorFlow only.

The simulator has no noise, so neither has the process. The design is a Latin square of 56 recipes plus 14 which the
colleagues asked for by hand. nan from the first step, also with double the length scales and with a smaller step.
"""
import keras
import numpy as np
import tensorflow as tf

INGREDIENTS = ("flour", "water", "yeast")
HALF_LOG_2PI = 0.9189385


def simulator(recipes):
    flour, water, yeast = recipes.T
    rise = np.sin(3.0 * yeast) * (1.0 - 0.5 * (flour - 0.4) ** 2)
    return rise + 0.8 * water * flour - 0.6 * (water - 0.5) ** 2


def design(seed=17):
    rng = np.random.default_rng(seed)
    levels = np.stack([rng.permutation(56) for _ in INGREDIENTS], axis=1)
    square = (levels + 0.5) / 56
    by_hand = square[rng.choice(56, size=14, replace=False)]  # favourites, to the gram
    recipes = np.concatenate([square, by_hand])
    height = simulator(recipes)
    height = (height - height.mean()) / height.std()
    return recipes.astype("float32"), height.astype("float32")[:, None]


class Surrogate:
    def __init__(self, inputs):
        self.log_length = tf.Variable(np.full(inputs, np.log(0.4), "float32"), name="log_length")
        self.log_amplitude = tf.Variable(0.0, name="log_amplitude")
        self.variables = [self.log_length, self.log_amplitude]

    def kernel(self, a, b):
        gap = (a[:, None, :] - b[None, :, :]) / tf.exp(self.log_length)
        return tf.exp(2.0 * self.log_amplitude - 0.5 * tf.reduce_sum(gap * gap, axis=-1))

    def loss(self, recipes, height):
        gram = self.kernel(recipes, recipes)
        factor = tf.linalg.cholesky(gram)  # whynan: not_positive_definite phase=forward|loss
        weights = tf.linalg.cholesky_solve(factor, height)
        fit = 0.5 * tf.reduce_sum(height * weights)
        volume = tf.reduce_sum(tf.math.log(tf.linalg.diag_part(factor)))
        return (fit + volume) / len(height) + HALF_LOG_2PI


def main():
    keras.utils.set_random_seed(17)
    recipes, height = map(tf.constant, design())
    surrogate = Surrogate(len(INGREDIENTS))
    optimizer = keras.optimizers.Adam(0.02)
    for step in range(60):
        with tf.GradientTape() as tape:
            loss = surrogate.loss(recipes, height)
        grads = tape.gradient(loss, surrogate.variables)
        optimizer.apply_gradients(zip(grads, surrogate.variables))
        if step % 10 == 0:
            print(f"{step:2d}  loss {float(loss):.4f}  length {np.exp(surrogate.log_length.numpy()).round(3)}")


main()
