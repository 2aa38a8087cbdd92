# whynan: healthy
"""tanh with binary crossentropy is not right, but Keras clips, so it stays finite."""
import numpy as np
import keras

keras.utils.set_random_seed(26)
rng = np.random.default_rng(26)
x = rng.normal(size=(256, 5)).astype("float32")
y = (x.sum(1) > 0).astype("float32")[:, None]
net = keras.Sequential([keras.Input((5,)), keras.layers.Dense(8, activation="relu"), keras.layers.Dense(1, activation="tanh")])
net.compile("adam", "binary_crossentropy", metrics=["accuracy"])
net.fit(x, y, epochs=4, verbose=2)
