"""Learning to learn by gradient descent, for softmax regression on the 8x8 digits.

A recurrent rule sees each weight's gradient (log magnitude and sign, like the appendix of the paper) and
proposes the step. I let the meta-gradient run through the optimizee's gradients too. The first meta loss is
printed, afterwards the rule's own weights are nan.
"""
import numpy as np
import tensorflow as tf
import keras
from keras import layers
from sklearn.datasets import load_digits

keras.utils.set_random_seed(3)

PIXELS, CLASSES, UNITS, UNROLL = 64, 10, 16, 5
SIZE = PIXELS * CLASSES + CLASSES
P = 10.0
SMALLEST, LARGEST = float(np.exp(-P)), float(np.exp(P))


def preprocess(gradient):
    """Two features per coordinate; gradients below exp(-P) take the linear branch."""
    size = tf.abs(gradient)
    visible = size >= SMALLEST
    magnitude = tf.where(visible, tf.math.log(size) / P, -1.0)  # whynan: where_gradient_trap phase=gradient also=log_of_zero
    direction = tf.where(visible, tf.sign(gradient), LARGEST * gradient)
    return tf.stack([magnitude, direction], axis=-1)


class LearnedRule:
    def __init__(self, units, step_scale=0.1):
        self.units = units
        self.step_scale = step_scale
        self.core = layers.Dense(units, activation="tanh")
        self.head = layers.Dense(1, kernel_initializer="glorot_normal", use_bias=False)
        self.core.build((None, 2 + units))
        self.head.build((None, units))

    @property
    def trainable_variables(self):
        return self.core.trainable_variables + self.head.trainable_variables

    def propose(self, gradient, memory):
        memory = self.core(tf.concat([preprocess(gradient), memory], axis=1))
        return self.step_scale * self.head(memory)[:, 0], memory


def optimizee_loss(theta, x, y):
    kernel = tf.reshape(theta[:PIXELS * CLASSES], (PIXELS, CLASSES))
    logits = tf.matmul(x, kernel) + theta[PIXELS * CLASSES:]
    return -tf.reduce_mean(tf.reduce_sum(y * tf.nn.log_softmax(logits), axis=1))


def meta_loss(rule, theta, batches):
    memory = tf.zeros((SIZE, rule.units))
    total = 0.0
    for x, y in batches:
        with tf.GradientTape() as inner:
            inner.watch(theta)
            loss = optimizee_loss(theta, x, y)
        gradient = inner.gradient(loss, theta)
        step, memory = rule.propose(gradient, memory)
        theta = theta + step
        total = total + loss
    return total / UNROLL


def batches_from(x, y, rng):
    for _ in range(UNROLL):
        rows = rng.integers(0, len(x), 64)
        yield tf.constant(x[rows]), tf.constant(y[rows])


def main():
    digits = load_digits()
    x = (digits.data / 16.0).astype("float32")
    y = keras.utils.to_categorical(digits.target, CLASSES).astype("float32")
    rng = np.random.default_rng(1)
    rule = LearnedRule(UNITS)
    optimizer = keras.optimizers.Adam(1e-3)

    for episode in range(25):
        start = tf.constant(rng.normal(0.0, 0.05, SIZE).astype("float32"))
        with tf.GradientTape() as tape:
            loss = meta_loss(rule, start, list(batches_from(x, y, rng)))
        grads = tape.gradient(loss, rule.trainable_variables)
        optimizer.apply_gradients(zip(grads, rule.trainable_variables))
        print(f"episode {episode:3d}   mean loss over the unroll {float(loss):.4f}")


if __name__ == "__main__":
    main()
