# whynan: healthy
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(2)


class Impute(keras.layers.Layer):
    """Replaces missing readings by a learned value and appends a missing flag."""

    def build(self, shape):
        self.fill = self.add_weight(shape=(shape[-1],), initializer="zeros", name="fill")

    def call(self, x):
        missing = tf.math.is_nan(x)
        return tf.concat([tf.where(missing, self.fill, x), tf.cast(missing, x.dtype)], -1)


rng = np.random.default_rng(1)
x = rng.normal(size=(256, 6)).astype("float32")
y = (x[:, 0] - 2 * x[:, 3] > 0).astype("float32")
x[rng.random(x.shape) < 0.1] = np.nan
print("missing share:", np.isnan(x).mean())

model = keras.Sequential([keras.Input((6,)), Impute(), keras.layers.Dense(16, activation="relu"),
                          keras.layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy")
model.fit(x, y, epochs=5, batch_size=32, verbose=2)
