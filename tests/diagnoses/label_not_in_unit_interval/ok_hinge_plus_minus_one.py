# whynan: healthy
import keras
import numpy as np

keras.utils.set_random_seed(64)
rng = np.random.default_rng(64)
x = rng.normal(size=(240, 4)).astype("float32")
y = np.sign(x[:, 0] + x[:, 1]).astype("float32")
svm = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
svm.compile(keras.optimizers.SGD(0.1, momentum=0.9), "hinge")
svm.fit(x, y, epochs=5, batch_size=24, verbose=2)

pixels = (rng.normal(size=(200, 16)) * 3).astype("float32")
scaled = (pixels - pixels.min()) / (pixels.max() - pixels.min())
auto = keras.Sequential([keras.Input((16,)), keras.layers.Dense(6, activation="tanh"), keras.layers.Dense(16, activation="sigmoid")])
auto.compile("adam", "binary_crossentropy")
auto.fit(pixels, scaled, epochs=5, batch_size=20, verbose=2)
