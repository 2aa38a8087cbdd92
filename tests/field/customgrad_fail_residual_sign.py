"""Calibration of a force sensor. I replaced the squared error by a version with custom gradient (saves a temporary),
loss rises every epoch until it is inf. Same lr with 'mse' converges in two epochs."""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(15)


@tf.custom_gradient
def squared(r):
    y = r * r

    def backward(dy):
        return -2.0 * r * dy

    return y, backward


class SensorCalibration(keras.Model):
    def __init__(self, n_out=3):
        super().__init__()
        self.mix = keras.layers.Dense(n_out, name="mix")

    def call(self, x):
        return self.mix(x)

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        residual = y - y_pred
        return tf.reduce_mean(squared(residual))  # whynan: wrong_custom_gradient phase=loss also=wrong_sign_loss


rng = np.random.default_rng(40)
bridge = rng.normal(size=(640, 8)).astype("float32")
truth = rng.normal(size=(8, 3))
force = (bridge @ truth + 0.02 * rng.normal(size=(640, 3))).astype("float32")

model = SensorCalibration()
model.compile(optimizer=keras.optimizers.SGD(0.6))
model.fit(bridge, force, batch_size=32, epochs=20, verbose=2)
