"""Predict the price of a screen from its size in pixels."""
import keras
import numpy as np

keras.utils.set_random_seed(92)

n = 200
width = np.random.choice([1366, 1920, 2560, 3840], n).astype(np.int32)
height = (width * 9 // 16).astype(np.int32)
# someone entered the width of one video wall in micrometres
width[118], height[118] = 45000, 30000
diagonal = np.sqrt(width * width + height * height)  # whynan: int_overflow phase=data rows=118 also=sqrt_of_negative,nan_in_input
inches = np.clip(diagonal / 90, 0, 100).astype("float32")
refresh = np.random.choice([60, 120, 144], n).astype("float32") / 100

X = np.stack([inches / 30, refresh], axis=1)
price = (90 + 60 * np.nan_to_num(inches) / 10 + 100 * refresh)[:, None].astype("float32") / 500

reg = keras.Sequential([keras.Input((2,)), keras.layers.Dense(8, activation="tanh"), keras.layers.Dense(1)])
reg.compile("adam", "mse")
reg.fit(X, price, epochs=2, batch_size=20, shuffle=False, verbose=2)
