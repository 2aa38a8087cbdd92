import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(34)
rng = np.random.default_rng(34)
tiles = rng.uniform(0, 255, size=(150, 10, 10, 1)).astype("float32")
cloud = (tiles.mean((1, 2, 3)) > 127).astype("float32")[:, None]
tiles[4] = 255.0          # saturated tile


@keras.saving.register_keras_serializable()
class MinMaxImage(layers.Layer):
    """Stretch the contrast of each image to 0..1."""

    def call(self, img):
        low = tf.reduce_min(img, axis=[1, 2, 3], keepdims=True)
        high = tf.reduce_max(img, axis=[1, 2, 3], keepdims=True)
        return (img - low) / (high - low)  # whynan: zero_variance_normalisation phase=forward rows=4 also=divide_by_zero


inp = keras.Input((10, 10, 1))
h = MinMaxImage()(inp)
h = layers.Conv2D(6, 3, activation="relu")(h)
h = layers.GlobalAveragePooling2D()(h)
net = keras.Model(inp, layers.Dense(1, activation="sigmoid")(h))
net.compile("adam", "binary_crossentropy", metrics=["accuracy"])
net.fit(tiles, cloud, batch_size=25, epochs=3, shuffle=False, verbose=2)
print([int(np.isnan(w).sum()) for w in net.get_weights()])
