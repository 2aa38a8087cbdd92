# whynan: healthy
"""Poisson loss with softplus for one head and raw logits with from_logits for the other."""
import numpy as np
import keras

keras.utils.set_random_seed(9)
rng = np.random.default_rng(9)
x = rng.normal(size=(400, 3)).astype("float32")
n = rng.poisson(np.exp(0.2 + 0.3 * x[:, 0])).astype("float32")
kind = rng.integers(0, 3, 400)

i = keras.Input((3,))
z = keras.layers.Dense(20, activation="relu")(i)
freq = keras.layers.Dense(1, activation="softplus", name="freq")(z)
cls = keras.layers.Dense(3, name="cls")(z)
net = keras.Model(i, {"freq": freq, "cls": cls})
net.compile("adam", loss={"freq": "poisson", "cls": keras.losses.SparseCategoricalCrossentropy(from_logits=True)})
net.fit(x, {"freq": n, "cls": kind}, batch_size=40, epochs=3, verbose=2)
