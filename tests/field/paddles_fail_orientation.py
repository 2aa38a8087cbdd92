import numpy as np
import tensorflow as tf
import keras
from keras import layers

# Kayak paddle with an IMU on the shaft. The network gives the rotation of the blade relative to the
# rest pose as a unit quaternion (w, x, y, z); ground truth from the motion capture tank.

keras.utils.set_random_seed(2025)
rng = np.random.default_rng(2025)

N = 2048
axis = rng.normal(size=(N, 3))
axis /= np.linalg.norm(axis, axis=1, keepdims=True)
angle = rng.uniform(0.2, 1.4, size=N)
angle[::8] = 0.0                    # clips from the calibration stand

q = np.column_stack([np.cos(angle / 2), np.sin(angle / 2)[:, None] * axis]).astype("float32")
gyro = angle[:, None] * axis
gravity = np.column_stack([np.sin(angle) * axis[:, 0], np.sin(angle) * axis[:, 1], np.cos(angle)])
mag = rng.normal(0, 0.1, size=(N, 3)) + gyro @ rng.normal(0, 0.4, size=(3, 3))
imu = np.concatenate([gyro, gravity, mag], axis=1) + rng.normal(0, 0.03, size=(N, 9))
imu = imu.astype("float32")


class RestPlusDelta(layers.Layer):
    """Adds the rest pose and projects to the unit sphere."""

    def call(self, delta):
        raw = delta + tf.constant([1.0, 0.0, 0.0, 0.0])
        return raw / tf.norm(raw, axis=-1, keepdims=True)


def geodesic(q_true, q_pred):
    # q and -q are the same rotation
    d = tf.abs(tf.reduce_sum(q_true * q_pred, axis=-1))
    theta = 2.0 * tf.acos(tf.clip_by_value(d, -1.0 + 1e-8, 1.0 - 1e-8))  # whynan: clip_misuse phase=gradient also=acos_grad_at_one,acos_domain
    return tf.reduce_mean(theta)


def degrees(q_true, q_pred):
    d = tf.minimum(tf.abs(tf.reduce_sum(q_true * q_pred, axis=-1)), 1.0)
    return 2.0 * tf.acos(d) * 57.29578


inputs = keras.Input((9,))
h = layers.Dense(64, activation="silu")(inputs)
h = layers.Dense(64, activation="silu")(h)
delta = layers.Dense(4, kernel_initializer="zeros", name="delta")(h)
model = keras.Model(inputs, RestPlusDelta()(delta))
model.compile(keras.optimizers.Adam(1e-3), loss=geodesic, metrics=[degrees])

cut = 1792
model.fit(imu[:cut], q[:cut], validation_data=(imu[cut:], q[cut:]), batch_size=64, epochs=6, verbose=2)

final = model.predict(imu[cut:], verbose=0)
print("mean quaternion:", final.mean(axis=0))
