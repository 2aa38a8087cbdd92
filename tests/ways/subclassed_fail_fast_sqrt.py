import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(18)


@tf.custom_gradient
def root(x):
    """Square root that keeps its result for the backward pass."""
    y = tf.sqrt(x)

    def grad(dy):
        return 0.5 * dy / y  # whynan: divide_by_zero phase=gradient also=sqrt_grad_at_zero,wrong_custom_gradient

    return y, grad


class EnergyNet(keras.Model):
    """|x| of pairs of filters, as in a complex-cell model."""

    def __init__(self, filters):
        super().__init__()
        self.even = layers.Dense(filters, activation="relu")
        self.odd = layers.Dense(filters, activation="relu")
        self.readout = layers.Dense(1)

    def call(self, x):
        energy = root(tf.square(self.even(x)) + tf.square(self.odd(x)))
        return self.readout(energy)


x = np.random.normal(size=(128, 6)).astype("float32")
y = np.linalg.norm(x, axis=1, keepdims=True).astype("float32")

net = EnergyNet(12)
net.compile(optimizer="adam", loss="mse")
net.fit(x, y, epochs=3, batch_size=32, verbose=2)
print([float(np.abs(w).max()) for w in net.get_weights()])
