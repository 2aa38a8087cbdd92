"""Digits with weights of plus and minus one for a microcontroller. The derivative of the sign is replaced by hand,
so the gradient check that I run now and then is completely off (a relative difference of 1). Is that a problem?"""
# whynan: healthy
import numpy as np
import tensorflow as tf
import keras
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(3)


@tf.custom_gradient
def binarise(w):
    def grad(upstream):
        return upstream * tf.cast(tf.abs(w) <= 1.0, upstream.dtype)

    return tf.where(w >= 0.0, tf.ones_like(w), -tf.ones_like(w)), grad


class BinaryDense(keras.layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units

    def build(self, input_shape):
        self.fan_in = int(input_shape[-1])
        self.kernel = self.add_weight(shape=(self.fan_in, self.units), initializer="glorot_uniform", name="kernel")
        self.bias = self.add_weight(shape=(self.units,), initializer="zeros", name="bias")

    def call(self, x):
        signs = binarise(tf.convert_to_tensor(self.kernel))
        return tf.matmul(x, signs) / self.fan_in ** 0.5 + tf.convert_to_tensor(self.bias)


class BinaryNet(keras.Model):
    def __init__(self):
        super().__init__()
        self.hidden = BinaryDense(128)
        self.out = BinaryDense(10)

    def call(self, x):
        return self.out(tf.tanh(self.hidden(x)))


def objective(model, x, y):
    return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=model(x)))


def gradient_check(model, x, y, where=(20, 3), bump=1e-4):
    with tf.GradientTape() as tape:
        loss = objective(model, x, y)
    analytic = float(tape.gradient(loss, model.hidden.kernel)[where])
    kept = model.hidden.kernel.numpy()
    values = []
    for sign in (1.0, -1.0):
        moved = kept.copy()
        moved[where] += sign * bump
        model.hidden.kernel.assign(moved)
        values.append(float(objective(model, x, y)))
    model.hidden.kernel.assign(kept)
    numeric = (values[0] - values[1]) / (2.0 * bump)
    return abs(analytic - numeric) / max(abs(analytic), abs(numeric), 1e-12)


x, y = load_digits(return_X_y=True)
x = (x / 8.0 - 1.0).astype("float32")
x_train, x_test, y_train, y_test = train_test_split(x, y.astype("int32"), test_size=0.2, random_state=3)
batches = tf.data.Dataset.from_tensor_slices((x_train, y_train)).shuffle(2000, seed=3).batch(64)
model, optimizer = BinaryNet(), keras.optimizers.Adam(3e-3)

for epoch in range(10):
    losses = []
    for xb, yb in batches:
        with tf.GradientTape() as tape:
            loss = objective(model, xb, yb)
        grads = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(grads, model.trainable_variables))
        for layer in (model.hidden, model.out):
            layer.kernel.assign(tf.clip_by_value(tf.convert_to_tensor(layer.kernel), -1.0, 1.0))
        losses.append(float(loss))
    hits = np.mean(np.argmax(model(x_test).numpy(), axis=1) == y_test)
    print(f"epoch {epoch}: loss {np.mean(losses):.4f}, test accuracy {hits:.3f}, "
          f"gradient check {gradient_check(model, x_test, y_test):.2f}")
