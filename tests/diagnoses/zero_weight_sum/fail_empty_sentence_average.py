import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(6)
rng = np.random.default_rng(6)
MAXLEN, VOCAB = 10, 60


def encode(texts):
    """words not in the vocabulary are dropped"""
    return keras.utils.pad_sequences(texts, maxlen=MAXLEN, padding="post")


texts = [list(rng.integers(1, VOCAB, rng.integers(2, MAXLEN))) for _ in range(220)]
texts[91] = []
X = encode(texts)
y = np.array([float(5 in t or 6 in t) for t in texts])[:, None]

model = keras.Sequential([
    keras.Input((MAXLEN,)),
    layers.Embedding(VOCAB, 8, mask_zero=True),
    layers.GlobalAveragePooling1D(),
    layers.Dense(8, activation="tanh"),
    layers.Dense(1, activation="sigmoid"),
])
model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
model.fit(X, y, batch_size=22, epochs=2, shuffle=False, verbose=2)  # whynan: zero_weight_sum phase=forward also=divide_by_zero,empty_reduction rows=91
