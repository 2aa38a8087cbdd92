# whynan: healthy
"""Keras' own attention with a fully masked row uses a large finite negative number."""
import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(50)
rng = np.random.default_rng(50)
tokens = rng.integers(0, 40, (160, 9))
tokens[::20] = 0
label = (tokens == 7).any(1).astype("float32")[:, None]
ids = keras.Input((9,), dtype="int32")
h = layers.Embedding(40, 12, mask_zero=True)(ids)
h = layers.MultiHeadAttention(2, 6)(h, h)
h = layers.GlobalMaxPooling1D()(h)
net = keras.Model(ids, layers.Dense(1, activation="sigmoid")(h))
net.compile("adam", "binary_crossentropy")
net.fit(tokens, label, epochs=3, verbose=2)
