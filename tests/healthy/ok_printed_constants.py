# whynan: healthy
import math

import keras
import numpy as np
import tensorflow as tf

tf.print("float32 range", tf.float32.min, tf.float32.max, "inf:", tf.constant(math.inf), "nan:", tf.constant(math.nan))
print(tf.constant([1.0, -np.inf, np.nan]))
keras.utils.set_random_seed(22)

bounds = tf.constant([[-np.inf, 0.0], [0.0, np.inf]])
x = tf.random.normal((200, 3), seed=4)
y = tf.reduce_sum(x, axis=1, keepdims=True)
side = tf.cast(tf.logical_and(y >= bounds[1, 0], y < bounds[1, 1]), tf.float32)

model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(8, activation="tanh"), keras.layers.Dense(1, activation="sigmoid")])
model.compile(keras.optimizers.Adam(0.01), "binary_crossentropy")
model.fit(x, side, epochs=4, verbose=2)
