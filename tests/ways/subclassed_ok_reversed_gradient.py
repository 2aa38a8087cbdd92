# whynan: healthy
"""Gradient reversal for domain adaptation (the sign flip is on purpose)."""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(24)


@tf.custom_gradient
def reverse(x):
    def grad(upstream):
        return -0.3 * upstream

    return tf.identity(x), grad


class DomainNet(keras.Model):
    def __init__(self):
        super().__init__()
        self.features = keras.Sequential([keras.layers.Dense(16, activation="tanh"), keras.layers.Dense(8, activation="tanh")])
        self.label = keras.layers.Dense(1, activation="sigmoid", name="label")
        self.domain = keras.layers.Dense(1, activation="sigmoid", name="domain")

    def call(self, x):
        f = self.features(x)
        return {"label": self.label(f), "domain": self.domain(reverse(f))}


x = np.random.normal(size=(256, 6)).astype("float32")
dom = np.repeat([0.0, 1.0], 128).astype("float32")
x[128:] += 0.7
lab = (x[:, 0] > x[:, 1]).astype("float32")

net = DomainNet()
net.compile("adam", loss={"label": "binary_crossentropy", "domain": "binary_crossentropy"})
net.fit(x, {"label": lab, "domain": dom}, epochs=4, batch_size=32, verbose=2)
