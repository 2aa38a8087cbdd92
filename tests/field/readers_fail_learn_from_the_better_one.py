"""Two readers of hand-written digits: a wide one that sees everything, and a small one for the handheld device.

After a short common start the small reader learns only from the digits that it reads wrongly and the wide reader reads
right.  The wide network trains to the end without any trouble, the small one has its own optimizer and turns into nan
during the second stage.
"""
import keras
import numpy as np
import tensorflow as tf
from keras import layers
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(404)
BATCH = 16


class Reader:
    """A network together with its optimizer."""

    def __init__(self, name, units, rate):
        self.net = keras.Sequential([keras.Input((64,))], name=name)
        for width in units:
            self.net.add(layers.Dense(width, activation="tanh"))
        self.net.add(layers.Dense(10))
        self.optimizer = keras.optimizers.Adam(rate)
        self.optimizer.build(self.net.trainable_variables)

    def __call__(self, x, training=False):
        return self.net(x, training=training)

    def descend(self, tape, loss):
        grads = tape.gradient(loss, self.net.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.net.trainable_variables))

    def accuracy(self, x, y):
        return float(np.mean(np.argmax(self(x).numpy(), axis=1) == y))


def per_digit(y, logits):
    return keras.losses.sparse_categorical_crossentropy(y, logits, from_logits=True)


wide = Reader("wide", (96, 64), 2e-3)
small = Reader("small", (20,), 2e-3)


@tf.function
def common_step(x, y):
    for reader in (wide, small):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(per_digit(y, reader(x, training=True)))
        reader.descend(tape, loss)


@tf.function
def second_stage_step(x, y):
    with tf.GradientTape() as tape:
        wide_loss = tf.reduce_mean(per_digit(y, wide(x, training=True)))
    wide.descend(tape, wide_loss)

    other_is_right = tf.equal(tf.argmax(wide(x), axis=1), y)
    with tf.GradientTape() as tape:
        logits = small(x, training=True)
        i_am_wrong = tf.not_equal(tf.argmax(logits, axis=1), y)
        lesson = tf.cast(tf.logical_and(other_is_right, i_am_wrong), tf.float32)
        small_loss = tf.reduce_sum(lesson * per_digit(y, logits)) / tf.reduce_sum(lesson)  # whynan: empty_reduction phase=loss also=divide_by_zero,zero_weight_sum
    small.descend(tape, small_loss)
    return wide_loss, small_loss


digits = load_digits()
x_train, x_test, y_train, y_test = train_test_split(
    (digits.data / 16.0).astype("float32"), digits.target.astype("int64"), test_size=0.2, random_state=5
)
batches = tf.data.Dataset.from_tensor_slices((x_train, y_train)).shuffle(1500, seed=9).batch(BATCH)

for epoch in range(3):
    for xb, yb in batches:
        common_step(xb, yb)
print(f"after the common start: wide {wide.accuracy(x_test, y_test):.3f}, small {small.accuracy(x_test, y_test):.3f}")

for epoch in range(6):
    history = np.array([[float(v) for v in second_stage_step(xb, yb)] for xb, yb in batches])
    print(f"stage two, epoch {epoch + 1}: loss wide {history[:, 0].mean():.4f} small {history[:, 1].mean():.4f}  "
          f"accuracy wide {wide.accuracy(x_test, y_test):.3f} small {small.accuracy(x_test, y_test):.3f}")
