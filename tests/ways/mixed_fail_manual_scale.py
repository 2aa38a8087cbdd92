import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(102)
keras.mixed_precision.set_global_policy("mixed_float16")

SCALE = 2.0 ** 20

model = keras.Sequential([keras.Input((10,)), layers.Dense(32, activation="relu"), layers.Dense(1)])
opt = keras.optimizers.SGD(1e-3)


@tf.function
def step(x, y):
    with tf.GradientTape() as tape:
        pred = tf.cast(model(x, training=True), tf.float32)  # whynan: loss_scale phase=gradient also=float16_overflow
        loss = tf.reduce_mean(tf.square(pred - y))
        scaled = loss * SCALE
    grads = tape.gradient(scaled, model.trainable_variables)
    grads = [tf.cast(g, tf.float32) / SCALE for g in grads]
    opt.apply_gradients(zip(grads, model.trainable_variables))
    return loss


x = np.random.normal(size=(64, 10)).astype("float32")
y = (40 * x[:, :1] + 3).astype("float32")
for i in range(6):
    print(i, float(step(x[:4], y[:4])), model.layers[1].bias.numpy())
