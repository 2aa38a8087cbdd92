# whynan: healthy
"""Whole batches have sample weight 0, a channel is constant, clip bounds are infinite: Keras copes with all of it."""
import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(32)

x = np.random.normal(size=(192, 5)).astype("float32")
x[:, 3] = 7.0
y = x[:, :1] - x[:, 1:2]
w = np.ones(192, "float32")
w[64:96] = 0

inp = keras.Input((5,))
h = layers.BatchNormalization()(inp)
h = layers.Dense(12)(h)
h = layers.Lambda(lambda t: tf.clip_by_value(t, 0.0, np.inf))(h)
model = keras.Model(inp, layers.Dense(1)(h))
model.compile("adam", "mse", weighted_metrics=["mae"])
model.fit(x, y, sample_weight=w, epochs=4, batch_size=32, shuffle=False, verbose=2)
