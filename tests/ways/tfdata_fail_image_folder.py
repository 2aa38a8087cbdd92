"""Train on a folder of thumbnails."""
import os
import tempfile

import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(85)


def make_folder(root):
    for k, name in enumerate(["cats", "dogs"]):
        os.makedirs(os.path.join(root, name))
        for i in range(30):
            img = np.random.randint(40 + 60 * k, 180 + 60 * k, size=(12, 12, 3)).astype("uint8")
            if k == 1 and i == 12:
                img[:] = 0                                # truncated download, decodes as black
            tf.io.write_file(os.path.join(root, name, f"{i:03d}.png"), tf.io.encode_png(img))


with tempfile.TemporaryDirectory() as root:
    make_folder(root)
    train = keras.utils.image_dataset_from_directory(root, image_size=(12, 12), batch_size=10, seed=1, label_mode="binary", verbose=False)

    def brightest_to_one(x, y):
        return x / tf.reduce_max(x, axis=[1, 2, 3], keepdims=True), y  # whynan: divide_by_zero phase=data also=nan_in_input,zero_variance_normalisation

    model = keras.Sequential([
        keras.Input((12, 12, 3)),
        layers.Conv2D(6, 3),
        layers.LeakyReLU(),
        layers.GlobalAveragePooling2D(),
        layers.Dense(1, activation="sigmoid"),
    ])
    model.compile("adam", "binary_crossentropy")
    model.fit(train.map(brightest_to_one), epochs=2, verbose=2)
