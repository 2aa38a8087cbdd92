# whynan: healthy
"""Looks at the sensitivity to the input (NaN for identical points, only plotted); the update uses another tape."""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(20)

x = np.random.normal(size=(128, 3)).astype("float32")
x[5] = x[6]
y = np.sin(x[:, :1]).astype("float32")
model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(16, activation="tanh"), keras.layers.Dense(1)])
opt = keras.optimizers.Adam(0.01)


def usable_sensitivity(points):
    points = tf.constant(points)
    with tf.GradientTape() as tape:
        tape.watch(points)
        gap = tf.norm(points[1:] - points[:-1], axis=1)
        total = tf.reduce_sum(gap)
    g = tape.gradient(total, points)
    finite = tf.reduce_all(tf.math.is_finite(g), axis=1)
    return int(tf.reduce_sum(tf.cast(finite, tf.int32)))


for epoch in range(6):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(model(x, training=True) - y))
    grads = tape.gradient(loss, model.trainable_variables)
    opt.apply_gradients(zip(grads, model.trainable_variables))
    print(epoch, float(loss), "usable rows:", usable_sensitivity(x))
