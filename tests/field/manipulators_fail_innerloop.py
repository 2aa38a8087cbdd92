# Few-shot friction identification for robot joints (ANIL style):
# the features are meta-learned, the linear head is adapted on 10 samples per joint.
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(99)
rng = np.random.default_rng(99)

INNER_LR = 0.4
INNER_STEPS = 20
TASKS_PER_STEP = 3
META_STEPS = 10


def sample_joint():
    """Stribeck friction curve with random coefficients -> (speed, torque) function."""
    coulomb = rng.uniform(0.5, 1.5)
    static = coulomb + rng.uniform(0.2, 0.8)
    viscous = rng.uniform(0.05, 0.4)
    vs = rng.uniform(0.2, 0.6)

    def torque(v):
        stribeck = coulomb + (static - coulomb) * np.exp(-(v / vs) ** 2)
        return stribeck * np.tanh(v / 0.05) + viscous * v + rng.normal(0, 0.02, v.shape)

    return torque


def sample_split(torque, n):
    v = rng.uniform(-3, 3, (n, 1))
    return tf.constant(v, tf.float32), tf.constant(torque(v), tf.float32)


features = keras.Sequential([
    layers.Input((1,)),
    layers.Dense(64, activation="relu", kernel_initializer="he_normal"),
    layers.Dense(64, activation="relu", kernel_initializer="he_normal"),
    layers.LayerNormalization(),
])
head_w = tf.Variable(tf.zeros((64, 1)), name="head_w")
head_b = tf.Variable(tf.zeros((1,)), name="head_b")
meta_vars = features.trainable_variables + [head_w, head_b]
meta_opt = keras.optimizers.Adam(1e-3)


def mse(pred, target):
    return tf.reduce_mean(tf.square(pred - target))  # whynan: learning_rate_too_high phase=forward|loss also=exploding_gradient


def adapt(phi, y):
    w, b = tf.identity(head_w), tf.identity(head_b)
    for _ in range(INNER_STEPS):
        with tf.GradientTape() as inner:
            inner.watch([w, b])
            loss = mse(tf.matmul(phi, w) + b, y)
        gw, gb = inner.gradient(loss, [w, b])
        w = w - INNER_LR * gw
        b = b - INNER_LR * gb
    return w, b


for it in range(META_STEPS):
    with tf.GradientTape() as outer:
        total = 0.0
        for _ in range(TASKS_PER_STEP):
            joint = sample_joint()
            v_s, t_s = sample_split(joint, 10)
            v_q, t_q = sample_split(joint, 20)
            w, b = adapt(features(v_s), t_s)
            total += mse(tf.matmul(features(v_q), w) + b, t_q)
        meta_loss = total / TASKS_PER_STEP
    grads = outer.gradient(meta_loss, meta_vars)
    grads, _ = tf.clip_by_global_norm(grads, 10.0)
    meta_opt.apply_gradients(zip(grads, meta_vars))
    print(f"meta step {it:3d}  query mse {float(meta_loss):.4f}")
