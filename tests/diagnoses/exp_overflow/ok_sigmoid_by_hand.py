# whynan: healthy
"""1 / (1 + exp(-x)) does overflow inside, and 1 / inf = 0 is what is wanted: the gate is not trained."""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(10)
rng = np.random.default_rng(10)
dist = rng.uniform(-400, 400, size=(300, 3)).astype("float32")
value = (dist > 0).sum(1, keepdims=True).astype("float32")


class HardGate(keras.layers.Layer):
    def call(self, x):
        return 1.0 / (1.0 + tf.exp(-x))


net = keras.Sequential([keras.Input((3,)), HardGate(), keras.layers.Dense(8, activation="relu"), keras.layers.Dense(1)])
net.compile(keras.optimizers.Adam(0.01), "mse")
net.fit(dist, value, epochs=4, verbose=2)
