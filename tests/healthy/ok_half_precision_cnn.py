# whynan: healthy
import keras
import numpy as np
from keras import layers

keras.config.set_dtype_policy("mixed_float16")
keras.utils.set_random_seed(27)

img = np.random.rand(160, 10, 10, 1).astype("float32")
label = np.random.randint(0, 2, 160)
img[label == 1, 3:7, 3:7] += 1.0

net = keras.Sequential([
    keras.Input((10, 10, 1)),
    layers.Conv2D(8, 3, activation="relu"),
    layers.BatchNormalization(),
    layers.GlobalMaxPooling2D(),
    layers.Dense(2),
    layers.Activation("softmax", dtype="float32"),
])
net.compile(keras.optimizers.Adam(1e-2), "sparse_categorical_crossentropy", metrics=["accuracy"])
net.fit(img, label, epochs=4, batch_size=32, verbose=2)
