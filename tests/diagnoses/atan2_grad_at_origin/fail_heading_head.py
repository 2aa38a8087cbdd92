"""Vehicle heading from a top view, the head outputs (sin, cos) and atan2 gives the angle."""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(17)
rng = np.random.default_rng(17)
heading = rng.uniform(-np.pi, np.pi, 240).astype("float32")
view = np.stack([np.cos(heading + k) for k in range(10)], 1).astype("float32")
view += 0.05 * rng.normal(size=view.shape).astype("float32")


class Heading(keras.Model):
    def __init__(self):
        super().__init__()
        self.body = layers.Dense(32, activation="relu")
        self.vec = layers.Dense(2, kernel_initializer="zeros")

    def call(self, x):
        v = self.vec(self.body(x))
        return tf.math.atan2(v[:, 0], v[:, 1])  # whynan: atan2_grad_at_origin phase=gradient


def wrapped_error(y, p):
    return tf.reduce_mean(1.0 - tf.cos(y - p))


model = Heading()
model.compile(optimizer=keras.optimizers.Adam(1e-3), loss=wrapped_error)
print(model.fit(view, heading, epochs=2, batch_size=40, verbose=0).history)
