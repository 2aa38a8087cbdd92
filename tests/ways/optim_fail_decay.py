"""Decoupled weight decay copied from a paper that multiplies it with a rate of 1e-3."""
import keras
import numpy as np

keras.utils.set_random_seed(116)

x = np.random.normal(size=(640, 10)).astype("float32")
y = (x @ np.random.normal(size=(10, 1))).astype("float32")

model = keras.Sequential([keras.Input((10,)), keras.layers.Dense(20, activation="tanh"), keras.layers.Dense(1)])
model.compile(optimizer=keras.optimizers.AdamW(learning_rate=0.5, weight_decay=6.0), loss="mae")
h = model.fit(x, y, batch_size=32, epochs=12, verbose=0)  # whynan: regularization_too_large phase=forward|loss|update|gradient also=learning_rate_too_high,exploding_gradient
print(h.history["loss"])
