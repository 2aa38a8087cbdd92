# whynan: healthy
import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(43)
wave = np.sin(np.arange(600) / 8).astype("float32") + 0.05 * np.random.normal(size=600).astype("float32")
ds = keras.utils.timeseries_dataset_from_array(wave[:-16, None], wave[16:], sequence_length=16, batch_size=32)
model = keras.Sequential([keras.Input((16, 1)), layers.LSTM(16), layers.Dense(1)])
model.compile(keras.optimizers.Adam(0.01), "mse")
history = model.fit(ds, epochs=3, verbose=0)
print(history.history["loss"])
