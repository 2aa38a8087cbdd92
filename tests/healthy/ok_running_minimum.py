# whynan: healthy
"""A scaling layer that learns the range of its input; the range starts at (+inf, -inf)."""
import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

keras.utils.set_random_seed(11)


class RunningMinMax(layers.Layer):
    def build(self, shape):
        self.low = self.add_weight(shape=(shape[-1],), initializer=keras.initializers.Constant(np.inf), trainable=False, name="low")
        self.high = self.add_weight(shape=(shape[-1],), initializer=keras.initializers.Constant(-np.inf), trainable=False, name="high")

    def call(self, x, training=False):
        if training:
            self.low.assign(ops.minimum(self.low, ops.min(x, axis=0)))
            self.high.assign(ops.maximum(self.high, ops.max(x, axis=0)))
        return (x - self.low) / (self.high - self.low + 1e-6)


x = np.random.uniform(-300, 900, size=(256, 5)).astype("float32")
y = (x[:, :1] > x[:, 1:2]).astype("float32")
model = keras.Sequential([keras.Input((5,)), RunningMinMax(), layers.Dense(16, activation="relu"), layers.Dense(1, activation="sigmoid")])
model.compile(keras.optimizers.Adam(0.01), "binary_crossentropy")
model.fit(x, y, epochs=4, batch_size=32, verbose=2)
