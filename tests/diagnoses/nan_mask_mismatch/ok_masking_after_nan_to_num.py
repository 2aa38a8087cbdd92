# whynan: healthy
import keras
import numpy as np

keras.utils.set_random_seed(78)
rng = np.random.default_rng(78)
PAD = -99.0
x = np.full((160, 14, 3), np.nan, "float32")
for i in range(160):
    n = rng.integers(4, 15)
    x[i, :n] = rng.normal(size=(n, 3))
risk = (np.nanmean(x[:, :, 0], axis=1) > 0).astype("float32")
x = np.nan_to_num(x, nan=PAD)

model = keras.Sequential([
    keras.Input((14, 3)),
    keras.layers.Masking(mask_value=PAD),
    keras.layers.GRU(10),
    keras.layers.Dense(1, activation="sigmoid"),
])
model.compile("adam", "binary_crossentropy")
model.fit(x, risk, epochs=3, batch_size=20, verbose=2)
