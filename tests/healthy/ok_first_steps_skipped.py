# whynan: healthy
"""Hand-written dynamic loss scaling: halve on overflow and skip, double after 20 good steps."""
import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(6)
keras.mixed_precision.set_global_policy("mixed_float16")

model = keras.Sequential([keras.Input((10,)), layers.Dense(24, activation="relu"), layers.Dense(1, dtype="float32")])
opt = keras.optimizers.SGD(0.01)
scale = tf.Variable(2.0 ** 22)
good = tf.Variable(0)


@tf.function
def step(x, y):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(model(x, training=True) - y))
        scaled = loss * scale
    grads = tape.gradient(scaled, model.trainable_variables)
    grads = [tf.cast(g, tf.float32) / scale for g in grads]
    finite = tf.reduce_all([tf.reduce_all(tf.math.is_finite(g)) for g in grads])
    if finite:
        opt.apply_gradients(zip(grads, model.trainable_variables))
        good.assign_add(1)
        if good >= 20:
            scale.assign(scale * 2)
            good.assign(0)
    else:
        scale.assign(scale / 2)
        good.assign(0)
    return loss, finite


x = np.random.normal(size=(64, 10)).astype("float32")
y = (3 * x[:, :1] - 2 * x[:, 1:2]).astype("float32")
for i in range(60):
    loss, finite = step(x, y)
    if i % 6 == 0:
        print(i, float(loss), bool(finite), float(scale))
