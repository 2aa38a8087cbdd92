"""Adapting a digit reader to a new postmark scanner that crops two pixels off the left, with low-rank adapters.

The gradient of all `down` matrices is exactly 0.0 when I look at it before the fit, and half of the new weights are
all zeros. Is the adapter dead? The first loss after the switch is also ten times what the reader had.
"""
# whynan: healthy
import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(19)


class LowRank(layers.Layer):
    """A frozen Dense layer with a trainable update of small rank beside its kernel."""

    def __init__(self, dense, rank=8, alpha=16.0, **kwargs):
        super().__init__(**kwargs)
        self.dense = dense
        self.dense.trainable = False
        self.rank = rank
        self.gain = alpha / rank

    def build(self, input_shape):
        n_in, n_out = int(input_shape[-1]), self.dense.units
        self.down = self.add_weight(shape=(n_in, self.rank), initializer="he_normal", name="down")
        self.up = self.add_weight(shape=(self.rank, n_out), initializer="zeros", name="up")

    def call(self, x):
        z = ops.matmul(x, self.dense.kernel) + self.dense.bias
        z = z + self.gain * ops.matmul(ops.matmul(x, self.down), self.up)
        return self.dense.activation(z)


def train_reader(x, y):
    reader = keras.Sequential([
        keras.Input((64,)),
        layers.Dense(96, activation="relu"),
        layers.Dense(64, activation="relu"),
        layers.Dense(10),
    ], name="reader")
    reader.compile(keras.optimizers.Adam(2e-3),
                   loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
    reader.fit(x, y, epochs=15, batch_size=64, verbose=2)
    return reader


def with_adapters(reader):
    inputs = keras.Input((64,))
    h = inputs
    for i, dense in enumerate(reader.layers):
        h = LowRank(dense, name=f"adapter_{i}")(h)
    return keras.Model(inputs, h, name="adapted_reader")


def crop_left(x, pixels=2):
    images = x.reshape(-1, 8, 8)
    shifted = np.zeros_like(images)
    shifted[:, :, :-pixels] = images[:, :, pixels:]
    return shifted.reshape(-1, 64)


def report_first_gradient(model, x, y):
    loss_fn = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    with tf.GradientTape() as tape:
        loss = loss_fn(y, model(x, training=True))
    for variable, grad in zip(model.trainable_variables, tape.gradient(loss, model.trainable_variables)):
        print(f"  {variable.path:28s} |w| {float(ops.norm(variable)):8.4f}  |g| {float(tf.norm(grad)):8.5f}")
    print("  loss before the first adapter step:", round(float(loss), 3))


if __name__ == "__main__":
    digits = load_digits()
    x = (digits.data / 16.0).astype("float32")
    x_train, x_test, y_train, y_test = train_test_split(x, digits.target, test_size=0.25, random_state=0)
    reader = train_reader(x_train, y_train)

    new_train, new_test = crop_left(x_train), crop_left(x_test)
    adapted = with_adapters(reader)
    report_first_gradient(adapted, new_train[:256], y_train[:256])
    adapted.compile(keras.optimizers.Adam(3e-3),
                    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
    history = adapted.fit(new_train, y_train, validation_data=(new_test, y_test),
                          epochs=15, batch_size=64, verbose=2)
    print("adapter loss", history.history["loss"][0], "->", history.history["loss"][-1])
