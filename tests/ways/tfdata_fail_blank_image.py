"""Tiny image classifier; every image is standardised on its own."""
import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(81)

images = np.random.randint(0, 255, size=(160, 8, 8, 1), dtype=np.uint8)
labels = np.random.randint(0, 3, 160)
for i, c in enumerate(labels):
    images[i, :, c * 2:c * 2 + 2] //= 3
images[64] = 255                          # over-exposed


def standardise(img, label):
    img = tf.cast(img, tf.float32)
    img = (img - tf.reduce_mean(img)) / tf.math.reduce_std(img)  # whynan: zero_variance_normalisation phase=data rows=64 also=divide_by_zero,nan_in_input
    return img, label


ds = tf.data.Dataset.from_tensor_slices((images, labels)).map(standardise).shuffle(160, seed=3).batch(32)

net = keras.Sequential([
    keras.Input((8, 8, 1)),
    layers.Conv2D(8, 3, activation="relu"),
    layers.MaxPooling2D(),
    layers.Flatten(),
    layers.Dense(3, activation="softmax"),
])
net.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
h = net.fit(ds, epochs=4, verbose=0)
print(h.history)
print("filters", net.layers[0].get_weights()[0].ravel()[:4])
