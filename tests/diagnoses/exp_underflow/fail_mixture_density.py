"""Mixture density network for inverse kinematics."""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(36)
rng = np.random.default_rng(36)
K = 4
t = rng.uniform(0, 1, (400, 1)).astype("float32")
x = (t + 0.3 * np.sin(2 * np.pi * t) + rng.uniform(-0.1, 0.1, (400, 1))).astype("float32")
t_mm = t * 100.0


def mdn_loss(target, params):
    logits, mu, log_sigma = tf.split(params, 3, axis=-1)
    weight = tf.nn.softmax(logits)
    sigma = tf.exp(log_sigma)
    z = (target - mu) / sigma
    density = tf.exp(-0.5 * z ** 2) / (2.5066 * sigma)
    return -tf.reduce_mean(tf.math.log(tf.reduce_sum(weight * density, axis=-1)))  # whynan: exp_underflow phase=loss also=log_of_zero,unscaled_target


inp = layers.Input((1,))
h = layers.Dense(20, activation="tanh")(inp)
mdn = keras.Model(inp, layers.Dense(3 * K)(h))
mdn.compile("adam", loss=mdn_loss)
print(mdn.fit(x, t_mm, epochs=3, batch_size=50, verbose=0).history)
