import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(87)

passengers = np.maximum(np.random.poisson(30 + 25 * np.sin(np.arange(400) / 9)), 0).astype("float64")
passengers[250:252] = 0                                  # strike
change = np.diff(passengers) / passengers[:-1]  # whynan: divide_by_zero phase=data also=inf_in_input,nan_in_input,nan_in_label
change = np.clip(change, -50, None).astype("float32")

windows = keras.utils.timeseries_dataset_from_array(change[:-1, None], change[8:], sequence_length=8, batch_size=32)

model = keras.Sequential([keras.Input((8, 1)), keras.layers.GRU(8), keras.layers.Dense(1)])
model.compile("adam", "mae")
h = model.fit(windows, epochs=2, verbose=0)
print(h.history)
