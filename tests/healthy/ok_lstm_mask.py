# whynan: healthy
import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(28)

seqs = [np.random.normal(size=(np.random.randint(0, 9), 3)) for _ in range(150)]     # some are empty
x = np.full((150, 9, 3), np.nan, "float32")
for i, s in enumerate(seqs):
    x[i, :len(s)] = s
x = np.nan_to_num(x, nan=-99.0)
y = np.array([s[:, 0].sum() if len(s) else 0.0 for s in seqs], "float32")

model = keras.Sequential([keras.Input((9, 3)), layers.Masking(mask_value=-99.0), layers.LSTM(12, return_sequences=True), layers.LSTM(8), layers.Dense(1)])
model.compile(keras.optimizers.Adam(0.01), "mae")
model.fit(x, y, epochs=4, batch_size=25, verbose=2)
