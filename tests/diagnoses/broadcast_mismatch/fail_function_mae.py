# whynan: unstable cause=broadcast_mismatch
import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

keras.utils.set_random_seed(8)
rng = np.random.default_rng(8)
beds = rng.normal(size=(512, 5)).astype("float32")
price = (beds[:, 0] - 2.0 * beds[:, 2] + rng.normal(0, 0.1, 512)).astype("float32")

inputs = keras.Input((5,))
net = keras.Model(inputs, layers.Dense(1, kernel_initializer="zeros")(layers.Dense(24, activation="gelu")(inputs)))
adam = keras.optimizers.Adam(2e-3)


def mean_absolute(y_true, y_pred):
    return ops.mean(ops.abs(y_true - y_pred))


@tf.function
def step(x, y):
    with tf.GradientTape() as tape:
        loss = mean_absolute(y, net(x, training=True))
    adam.apply(tape.gradient(loss, net.trainable_variables), net.trainable_variables)
    return loss


for epoch in range(15):
    for i in range(0, 512, 64):
        loss = step(tf.constant(beds[i : i + 64]), tf.constant(price[i : i + 64]))
    print(epoch, float(loss))
