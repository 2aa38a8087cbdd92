import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(23)


@tf.custom_gradient
def safe_log(x):
    """log that does not blow up for small x."""
    floor = tf.maximum(x, 1e-6)

    def grad(upstream):
        return upstream / x  # whynan: wrong_custom_gradient phase=gradient also=divide_by_zero,log_of_zero

    return tf.math.log(floor), grad


class LogCompress(keras.layers.Layer):
    def build(self, shape):
        self.scale = self.add_weight(shape=(shape[-1],), initializer="ones", name="scale")

    def call(self, x):
        return safe_log(x) * self.scale


class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.bank = keras.layers.Dense(24, activation="relu", name="filterbank")
        self.compress = LogCompress()
        self.out = keras.layers.Dense(1)

    def call(self, x):
        return self.out(self.compress(self.bank(x)))


x = np.random.uniform(-3, 3, size=(256, 4)).astype("float32")
y = np.log(1 + np.abs(x).sum(axis=1, keepdims=True)).astype("float32")

net = Net()
net.compile(optimizer=keras.optimizers.Adam(1e-3), loss="mse")
h = net.fit(x, y, epochs=3, batch_size=32, verbose=0)
print(h.history["loss"], [float(np.abs(w).max()) for w in net.get_weights()])
