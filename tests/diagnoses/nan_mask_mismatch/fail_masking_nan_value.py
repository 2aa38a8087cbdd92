"""Patient time series of different length, padded with NaN, masked in the LSTM."""
import keras
import numpy as np

keras.utils.set_random_seed(75)


def pad(series, length):
    out = np.full((len(series), length, series[0].shape[1]), np.nan, "float32")  # whynan: nan_mask_mismatch phase=data|forward also=nan_in_input
    for i, s in enumerate(series):
        out[i, :len(s)] = s
    return out


rng = np.random.default_rng(75)
lengths = rng.integers(5, 16, 160)
visits = [rng.normal(size=(n, 3)).cumsum(0) * 0.3 for n in lengths]
risk = np.array([v[-1, 0] > 0 for v in visits], "float32")
x = pad(visits, 15)

model = keras.Sequential([
    keras.Input((15, 3)),
    keras.layers.Masking(mask_value=np.nan),
    keras.layers.LSTM(10),
    keras.layers.Dense(1, activation="sigmoid"),
])
model.compile("adam", "binary_crossentropy")
model.fit(x, risk, epochs=3, batch_size=20, verbose=2)
