# whynan: healthy
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(43)


class MinMaxScale(keras.layers.Layer):
    """Scales by the smallest and largest value seen so far."""

    def build(self, shape):
        n = shape[-1]
        self.low = self.add_weight(shape=(n,), initializer=keras.initializers.Constant(np.inf), trainable=False, name="low")
        self.high = self.add_weight(shape=(n,), initializer=keras.initializers.Constant(-np.inf), trainable=False, name="high")

    def call(self, x, training=False):
        if training:
            self.low.assign(tf.minimum(self.low, tf.reduce_min(x, 0)))
            self.high.assign(tf.maximum(self.high, tf.reduce_max(x, 0)))
        return (x - self.low) / (self.high - self.low + 1e-6)


rng = np.random.default_rng(43)
x = rng.gamma(2.0, 30.0, (240, 5)).astype("float32")
y = (x[:, 0] > x[:, 1]).astype("float32")
model = keras.Sequential([keras.Input((5,)), MinMaxScale(), keras.layers.Dense(16, activation="relu"), keras.layers.Dense(1, activation="sigmoid")])
model.compile(keras.optimizers.Adam(0.01), "binary_crossentropy")
model.fit(x, y, epochs=4, batch_size=24, verbose=2)
