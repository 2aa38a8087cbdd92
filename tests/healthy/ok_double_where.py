# whynan: healthy
import numpy as np
import tensorflow as tf
from tensorflow import keras

keras.utils.set_random_seed(2)


@tf.function
def safe_sqrt(x):
    positive = x > 0.0
    inner = tf.where(positive, x, tf.ones_like(x))
    return tf.where(positive, tf.sqrt(inner), tf.zeros_like(x))


class SignedRoot(keras.layers.Layer):
    def call(self, x):
        return safe_sqrt(x) - safe_sqrt(-x)


x = np.random.normal(size=(256, 5)).astype("float32")
x[:60] = 0
y = np.sign(x.sum(1, keepdims=True)) * np.sqrt(np.abs(x.sum(1, keepdims=True)))
model = keras.Sequential([keras.Input((5,)), keras.layers.Dense(8, use_bias=False), SignedRoot(), keras.layers.Dense(1)])
model.compile("adam", "mse")
model.fit(x, y, epochs=3, batch_size=32, verbose=2)
