# whynan: healthy
import keras
import numpy as np

keras.utils.set_random_seed(1)
rng = np.random.default_rng(1)
x = rng.uniform(0, 1, size=(400, 6)).astype("float32") / 2
y = (x.sum(1) > 1.5).astype("float32")

model = keras.Sequential([keras.Input((6,)), keras.layers.Dense(1, activation="sigmoid")])
model.compile(keras.optimizers.SGD(learning_rate=5.0), "binary_crossentropy", metrics=["accuracy"])
model.fit(x, y, batch_size=50, epochs=8, verbose=2)

adadelta = keras.Sequential([keras.Input((6,)), keras.layers.Dense(8, activation="relu"), keras.layers.Dense(1, activation="sigmoid")])
adadelta.compile(keras.optimizers.Adadelta(learning_rate=1.0), "binary_crossentropy")
adadelta.fit(x, y, batch_size=50, epochs=5, verbose=2)
