"""Soil moisture from weather, in a step of its own that was once written for half precision."""

import numpy as np
import tensorflow as tf

import keras
from keras import layers

keras.utils.set_random_seed(12)
rng = np.random.default_rng(12)
weather = rng.normal(size=(1024, 6)).astype("float32")
moisture = (weather @ rng.normal(size=(6, 1)) + 0.1 * rng.normal(size=(1024, 1))).astype("float32")

LOSS_SCALE = 4096.0
net = keras.Sequential([keras.Input((6,)), layers.Dense(24, activation="relu"), layers.Dense(1)])
optimizer = keras.optimizers.SGD(0.02)
batches = tf.data.Dataset.from_tensor_slices((weather, moisture)).shuffle(1024, seed=1).batch(64)

for epoch in range(3):
    for x, y in batches:
        with tf.GradientTape() as tape:
            error = tf.reduce_mean(tf.square(net(x, training=True) - y))  # whynan: loss_scale phase=loss|forward|gradient
            scaled = error * LOSS_SCALE
        gradients = tape.gradient(scaled, net.trainable_variables)
        optimizer.apply_gradients(zip(gradients, net.trainable_variables))
    print(epoch, float(error))
