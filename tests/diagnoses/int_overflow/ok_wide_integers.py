# whynan: healthy
import keras
import numpy as np

keras.utils.set_random_seed(83)
rng = np.random.default_rng(83)
a = rng.integers(0, 60000, (240, 2)).astype("int32")
b = rng.integers(0, 60000, (240, 2)).astype("int32")
gap = (a - b).astype("int64")
km = np.sqrt((gap * gap).sum(1)) / 1000
x = np.stack([km / 40, rng.random(240)], 1).astype("float32")
y = (km / 30).astype("float32")
model = keras.Sequential([keras.layers.Dense(12, activation="elu"), keras.layers.Dense(1)])
model.compile("adam", "mae")
model.fit(x, y, epochs=4, batch_size=24, verbose=2)
