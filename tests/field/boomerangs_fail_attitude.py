"""Attitude of an instrumented boomerang relative to the moment of release (unit quaternions w, x, y, z)."""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(8)

THROWS = 40
FRAMES = 25
DT = 0.02


def quat_multiply(p, q):
    w1, v1 = p[0], p[1:]
    w2, v2 = q[0], q[1:]
    return np.concatenate([[w1 * w2 - v1 @ v2], w1 * v2 + w2 * v1 + np.cross(v1, v2)])


def fly(rng):
    spin = rng.normal(0, 1, 3)
    spin = spin / np.linalg.norm(spin) * rng.uniform(4, 9)
    q = np.array([1.0, 0.0, 0.0, 0.0])
    turned = np.zeros(3)
    readings, attitude = [], []
    for _ in range(FRAMES):
        rate = spin + rng.normal(0, 0.4, 3)
        readings.append(np.concatenate([rate / 10.0, turned, rng.normal(0, 0.05, 3)]))
        attitude.append(q)
        theta = np.linalg.norm(rate) * DT
        axis = rate / np.linalg.norm(rate)
        q = quat_multiply(q, np.concatenate([[np.cos(theta / 2)], np.sin(theta / 2) * axis]))
        q = q / np.linalg.norm(q)
        turned = turned + rate * DT
    return np.array(readings, "float32"), np.array(attitude, "float32")


def start_level(shape, dtype=None):
    return tf.constant([1.0, 0.0, 0.0, 0.0], dtype=dtype)


net = keras.Sequential(
    [
        keras.Input((9,)),
        keras.layers.Dense(48, activation="tanh"),
        keras.layers.Dense(48, activation="tanh"),
        keras.layers.Dense(4, kernel_initializer="zeros", bias_initializer=start_level),
    ]
)
optimizer = keras.optimizers.Adam(2e-3)


def rotation_error(q_true, raw):
    q = raw / tf.norm(raw, axis=-1, keepdims=True)
    dot = tf.abs(tf.reduce_sum(q_true * q, axis=-1))
    dot = tf.clip_by_value(dot, -1.0, 1.0)
    return 2.0 * tf.acos(dot)  # whynan: acos_grad_at_one phase=gradient also=clip_misuse rows=0


def train(throws, epochs):
    for epoch in range(epochs):
        degrees = []
        for readings, attitude in throws:
            with tf.GradientTape() as tape:
                error = rotation_error(attitude, net(readings, training=True))
                loss = tf.reduce_mean(error)
            grads = tape.gradient(loss, net.trainable_variables)
            optimizer.apply_gradients(zip(grads, net.trainable_variables))
            degrees.append(np.degrees(float(loss)))
        print(f"epoch {epoch + 1}: mean attitude error {np.mean(degrees):.2f} deg")


if __name__ == "__main__":
    rng = np.random.default_rng(14)
    train([fly(rng) for _ in range(THROWS)], epochs=4)
