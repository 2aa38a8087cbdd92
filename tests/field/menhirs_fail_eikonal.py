"""Neural signed distance field of a standing stone cross-section (2-D scan).

Loss = data term on the scanned contour + eikonal term |grad f| = 1 in the box.
"""
import math
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(31)
rng = np.random.default_rng(31)


def scan(n):
    phi = rng.uniform(0, 2 * math.pi, n)
    r = 0.55 + 0.08 * np.cos(3 * phi) + 0.03 * np.sin(7 * phi)
    pts = np.stack([r * np.cos(phi), 1.2 * r * np.sin(phi)], axis=1)
    return (pts + rng.normal(0, 0.003, pts.shape)).astype("float32")


contour = scan(1500)


def build_field(width=64):
    p = keras.Input((2,))
    h = layers.Dense(width, activation="tanh")(p)
    h = layers.Dense(width, activation="tanh")(h)
    h = layers.Dense(width, activation="tanh")(h)
    # start from a flat field, the shape grows out of it
    d = layers.Dense(1, kernel_initializer="zeros")(h)
    return keras.Model(p, d)


field = build_field()
optimizer = keras.optimizers.Adam(keras.optimizers.schedules.ExponentialDecay(2e-3, 100, 0.8))
optimizer.build(field.trainable_variables)


def field_and_slope(points):
    with tf.GradientTape() as tape:
        tape.watch(points)
        d = field(points, training=True)
    g = tape.gradient(d, points)
    return d, tf.norm(g, axis=-1)  # whynan: norm_grad_at_zero phase=gradient also=sqrt_grad_at_zero


@tf.function
def train_step(on_surface, in_box):
    with tf.GradientTape() as tape:
        d_surface = field(on_surface, training=True)
        d_box, slope = field_and_slope(in_box)
        data_term = tf.reduce_mean(tf.abs(d_surface))
        eikonal = tf.reduce_mean(tf.square(slope - 1.0))
        # discourage a zero level away from the contour
        off = tf.reduce_mean(tf.exp(-50.0 * tf.abs(d_box)))
        loss = 5.0 * data_term + 0.2 * eikonal + 0.1 * off
    grads = tape.gradient(loss, field.trainable_variables)
    optimizer.apply_gradients(zip(grads, field.trainable_variables))
    return loss, data_term, eikonal


for epoch in range(8):
    order = rng.permutation(len(contour))
    for s in range(0, len(contour), 150):
        on_surface = tf.constant(contour[order[s:s + 150]])
        in_box = tf.random.uniform((200, 2), -1.0, 1.0)
        loss, dt, eik = train_step(on_surface, in_box)
    print(f"epoch {epoch}: loss {loss.numpy():.4f} contour {dt.numpy():.4f} eikonal {eik.numpy():.4f}")

grid = np.stack(np.meshgrid(np.linspace(-1, 1, 40), np.linspace(-1, 1, 40)), -1).reshape(-1, 2)
inside = (field.predict(grid.astype("float32"), verbose=0) < 0).mean()
print("area estimate:", 4 * inside)
