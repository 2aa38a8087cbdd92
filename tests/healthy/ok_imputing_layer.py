# whynan: healthy
import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(12)


class Impute(layers.Layer):
    """Replace NaN by a learned value and add an indicator column."""

    def build(self, shape):
        self.fill = self.add_weight(shape=(shape[-1],), initializer="zeros", name="fill")

    def call(self, x):
        missing = tf.math.is_nan(x)
        filled = tf.where(missing, self.fill * tf.ones_like(x), x)
        return tf.concat([filled, tf.cast(missing, x.dtype)], axis=-1)


x = np.random.normal(size=(300, 6)).astype("float32")
y = (x[:, :1] + x[:, 1:2]).astype("float32")
x[np.random.rand(300, 6) < 0.15] = np.nan
model = keras.Sequential([keras.Input((6,)), Impute(), layers.Dense(24, activation="relu"), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(x, y, epochs=5, batch_size=30, verbose=2)
