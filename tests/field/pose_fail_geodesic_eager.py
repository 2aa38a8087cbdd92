# camera pose refinement with quaternions, run_eagerly=True for debugging. nan after exactly one step
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(70)


def random_quaternions(n, rng, max_angle=0.6):
    axis = rng.normal(size=(n, 3))
    axis /= np.linalg.norm(axis, axis=1, keepdims=True)
    half = rng.uniform(0.1, max_angle, size=(n, 1)) / 2.0
    return np.concatenate([np.cos(half), axis * np.sin(half)], axis=1)


def make_frames(n=64):
    rng = np.random.default_rng(70)
    q = random_quaternions(n, rng)
    q[[5, 23, 40]] = [1.0, 0.0, 0.0, 0.0]        # camera did not move
    feats = np.tile(q[:, 1:], (1, 4)) + 0.05 * rng.normal(size=(n, 12))
    return feats.astype("float32"), q.astype("float32")


def unit(q):
    return q / tf.sqrt(tf.reduce_sum(tf.square(q), axis=-1, keepdims=True))


def geodesic_loss(q_true, q_pred):
    """angle between two rotations"""
    cos_half = tf.abs(tf.reduce_sum(q_true * q_pred, axis=-1))
    cos_half = tf.clip_by_value(cos_half, 0.0, 1.0)     # acos is only defined up to 1
    return 2.0 * tf.acos(cos_half)  # whynan: acos_grad_at_one phase=gradient rows=5,23,40 also=clip_misuse,acos_domain


inputs = keras.Input((12,))
h = layers.Dense(32, activation="tanh")(inputs)
# start from the identity rotation: zero kernel, bias (1, 0, 0, 0)
raw = layers.Dense(
    4,
    kernel_initializer="zeros",
    bias_initializer=lambda shape, dtype=None: tf.constant([1.0, 0.0, 0.0, 0.0], dtype=dtype or "float32"),
)(h)
quat = layers.Lambda(unit, name="unit_quaternion")(raw)
model = keras.Model(inputs, quat)

model.compile(optimizer=keras.optimizers.Adam(1e-3), loss=geodesic_loss, run_eagerly=True)
x, q = make_frames()
model.fit(x, q, batch_size=64, epochs=6, verbose=2)
