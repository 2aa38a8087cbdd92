# whynan: healthy
"""Hand-made layer norm, std + eps, over padded (constant) steps: the upstream gradient there is exactly 0."""
import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers

keras.utils.set_random_seed(31)
rng = np.random.default_rng(31)
tokens = rng.integers(1, 30, size=(160, 10))
tokens[:, 7:] = 0
label = (tokens[:, 0] > 15).astype("float32")[:, None]


class LayerNorm(layers.Layer):
    def call(self, x):
        m = tf.reduce_mean(x, axis=-1, keepdims=True)
        s = tf.math.reduce_std(x, axis=-1, keepdims=True)
        return (x - m) / (s + 1e-6)


inp = keras.Input((10,), dtype="int32")
e = layers.Embedding(30, 8)(inp)
mask = tf.keras.layers.Lambda(lambda t: tf.cast(t > 0, tf.float32)[..., None])(inp)
h = LayerNorm()(layers.Multiply()([e, mask]))
out = layers.Dense(1, activation="sigmoid")(layers.GlobalAveragePooling1D()(h))
net = keras.Model(inp, out)
net.compile("adam", "binary_crossentropy")
net.fit(tokens, label, epochs=3, verbose=2)
print(bool(np.isfinite(net.layers[1].get_weights()[0]).all()))
