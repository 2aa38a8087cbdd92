# whynan: side_nonfinite
"""The held-out table has a hole in its target; training is fine."""
import keras
import numpy as np

keras.utils.set_random_seed(127)

x = np.random.normal(size=(300, 5)).astype("float32")
y = x.sum(axis=1, keepdims=True)
x_val, y_val = x[240:].copy(), y[240:].copy()
y_val[7] = np.nan

model = keras.Sequential([keras.Input((5,)), keras.layers.Dense(16, activation="relu"), keras.layers.Dense(1)])
model.compile("adam", "mse", metrics=["mae"])
model.fit(x[:240], y[:240], validation_data=(x_val, y_val), epochs=3, verbose=2)
