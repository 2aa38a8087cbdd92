"""Mixture density network on the classic inverted sine problem."""
import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(7)
K = 5

y = np.random.uniform(-10, 10, (256, 1)).astype("float32")
x = (7 * np.sin(0.75 * y) + 0.5 * y + np.random.normal(size=y.shape)).astype("float32")
y[200] = 61.0          # one gross outlier

inp = keras.Input((1,))
h = layers.Dense(24, activation="tanh")(inp)
mdn = keras.Model(inp, [
    layers.Dense(K, activation="softmax", name="pi")(h),
    layers.Dense(K, name="mu")(h),
    layers.Dense(K, activation="softplus", name="sigma")(h),
])
optimizer = keras.optimizers.Adam(5e-3)


def gaussian(t, mu, sigma):
    z = (t - mu) / sigma
    return tf.exp(-0.5 * z * z) / (sigma * np.sqrt(2 * np.pi))


@tf.function
def train_step(xb, yb):
    with tf.GradientTape() as tape:
        pi, mu, sigma = mdn(xb, training=True)
        likelihood = tf.reduce_sum(pi * gaussian(yb, mu, sigma), axis=1)
        nll = -tf.reduce_mean(tf.math.log(likelihood))  # whynan: exp_underflow phase=loss also=log_of_zero
    grads = tape.gradient(nll, mdn.trainable_variables)
    optimizer.apply_gradients(zip(grads, mdn.trainable_variables))
    return nll


dataset = tf.data.Dataset.from_tensor_slices((x, y)).batch(64)
for epoch in range(5):
    for xb, yb in dataset:
        loss = train_step(xb, yb)
        print(epoch, float(loss))
