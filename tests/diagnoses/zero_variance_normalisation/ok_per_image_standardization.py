# whynan: healthy
"""tf.image.per_image_standardization of a blank image is zero, BatchNormalization of a constant channel too."""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(34)
rng = np.random.default_rng(34)
tiles = rng.uniform(0, 255, size=(150, 10, 10, 2)).astype("float32")
tiles[..., 1] = 7.0
tiles[::15] = 255.0
y = (tiles[..., 0].mean((1, 2)) > 127).astype("float32")[:, None]
ds = tf.data.Dataset.from_tensor_slices((tiles, y)).map(lambda a, b: (tf.image.per_image_standardization(a), b)).batch(25)
net = keras.Sequential([keras.Input((10, 10, 2)), layers.BatchNormalization(), layers.Conv2D(6, 3, activation="relu"),
                        layers.GlobalAveragePooling2D(), layers.Dense(1, activation="sigmoid")])
net.compile("adam", "binary_crossentropy")
net.fit(ds, epochs=3, verbose=2)
