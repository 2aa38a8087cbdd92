# whynan: healthy
"""Unbiased batch variance with the last batch of one dropped."""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(3)
rng = np.random.default_rng(3)
patients = rng.normal(size=(129, 7)).astype("float32")
age = (1 + 0.2 * patients[:, :1]).astype("float32")
ds = tf.data.Dataset.from_tensor_slices((patients, age)).batch(32, drop_remainder=True)
enc = keras.Sequential([keras.Input((7,)), keras.layers.Dense(12, activation="tanh")])
out = keras.Sequential([keras.Input((12,)), keras.layers.Dense(1)])
params = enc.trainable_variables + out.trainable_variables
opt = keras.optimizers.Adam()


@tf.function
def step(x, y):
    with tf.GradientTape() as tape:
        z = enc(x)
        n = tf.cast(tf.shape(z)[0], tf.float32)
        var = tf.reduce_sum((z - tf.reduce_mean(z, 0)) ** 2, 0) / (n - 1.0)
        loss = tf.reduce_mean((out(z) - y) ** 2) + 0.1 * tf.reduce_mean((1 - var) ** 2)
    opt.apply_gradients(zip(tape.gradient(loss, params), params))
    return loss


for e in range(3):
    for x, y in ds:
        loss = step(x, y)
    print(e, float(loss))
