# whynan: healthy
import keras
import numpy as np

keras.utils.set_random_seed(73)
rng = np.random.default_rng(73)
x = rng.normal(size=(240, 5)).astype("float32")
cls = np.argmax(x[:, :3], 1)
model = keras.Sequential([keras.Input((5,)), keras.layers.Dense(16, activation="relu"), keras.layers.Dense(3, activation="softmax")])
model.compile(keras.optimizers.SGD(0.5), "mse", metrics=["accuracy"])
model.fit(x, np.eye(3)[cls].astype("float32"), epochs=5, batch_size=24, verbose=2)
