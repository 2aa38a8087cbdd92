# whynan: healthy
"""Mixture density network, everything in the log domain."""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(36)
rng = np.random.default_rng(36)
t = rng.uniform(0, 1, (400, 1)).astype("float32")
x = (t + 0.3 * np.sin(2 * np.pi * t) + rng.uniform(-0.1, 0.1, (400, 1))).astype("float32")


def mdn_loss(target, params):
    logits, mu, log_sigma = tf.split(params, 3, axis=-1)
    log_density = -0.5 * ((target - mu) / tf.exp(log_sigma)) ** 2 - log_sigma - 0.9189
    return -tf.reduce_mean(tf.reduce_logsumexp(tf.nn.log_softmax(logits) + log_density, axis=-1))


inp = layers.Input((1,))
mdn = keras.Model(inp, layers.Dense(12)(layers.Dense(20, activation="tanh")(inp)))
mdn.compile("adam", loss=mdn_loss)
print(mdn.fit(x, t * 100.0, epochs=3, batch_size=50, verbose=0).history)
