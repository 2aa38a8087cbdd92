"""Labels of -1 and 1 with binary cross-entropy: the loss is negative, and falls for ever. Nothing is NaN yet."""
# whynan: unstable
import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(55)
rng = np.random.default_rng(55)
x = rng.normal(size=(256, 12)).astype("float32")
y = np.sign(x @ rng.normal(size=12)).astype("float32")

model = keras.Sequential([keras.Input((12,)), layers.Dense(16, activation="relu"), layers.Dense(1)])
model.compile(keras.optimizers.Adam(1e-2), keras.losses.BinaryCrossentropy(from_logits=True))
model.fit(x, y, epochs=12, batch_size=32, verbose=0)
