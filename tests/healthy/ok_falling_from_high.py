# whynan: healthy
"""Bad initial scale: the loss starts at about 1e6 and falls quickly."""
import keras
import numpy as np

keras.utils.set_random_seed(24)

x = np.random.normal(size=(512, 10)).astype("float32")
y = x.sum(axis=1, keepdims=True)
init = keras.initializers.RandomNormal(stddev=4.0)
model = keras.Sequential([
    keras.Input((10,)),
    keras.layers.Dense(64, activation="relu", kernel_initializer=init),
    keras.layers.Dense(64, activation="relu", kernel_initializer=init),
    keras.layers.Dense(1, kernel_initializer=init),
])
model.compile(keras.optimizers.Adam(0.05), "mse")
model.fit(x, y, epochs=12, batch_size=32, verbose=2)
