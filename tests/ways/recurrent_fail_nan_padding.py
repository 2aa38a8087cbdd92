import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(74)
PAD = np.nan


def pad(seqs, length):
    out = np.full((len(seqs), length, 3), PAD, dtype="float32")  # whynan: nan_mask_mismatch phase=data|forward also=nan_in_input
    for i, s in enumerate(seqs):
        out[i, :len(s)] = s
    return out


walks = [np.cumsum(np.random.randn(np.random.randint(4, 12), 3), axis=0) for _ in range(128)]
labels = np.array([w[-1, 0] > 0 for w in walks], "float32")

model = keras.Sequential([
    keras.Input((12, 3)),
    layers.Masking(mask_value=PAD),
    layers.LSTM(16),
    layers.Dense(1, activation="sigmoid"),
])
model.compile("adam", "binary_crossentropy")
model.fit(pad(walks, 12), labels, epochs=2, verbose=2)
