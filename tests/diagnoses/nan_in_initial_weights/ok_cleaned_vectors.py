# whynan: healthy
import keras
import numpy as np

keras.utils.set_random_seed(41)
rng = np.random.default_rng(41)
VOCAB, DIM = 40, 8
vectors = np.full((VOCAB, DIM), np.nan, "float32")
known = rng.choice(VOCAB, 33, replace=False)
vectors[known] = rng.normal(size=(33, DIM))
missing = np.isnan(vectors).any(1)
print(missing.sum(), "words have no vector")
vectors[missing] = np.nanmean(vectors, axis=0)

tokens = rng.integers(0, VOCAB, size=(200, 7))
label = (tokens[:, 0] < 20).astype("float32")
embedding = keras.layers.Embedding(VOCAB, DIM)
embedding.build((None, 7))
embedding.set_weights([vectors])
model = keras.Sequential([embedding, keras.layers.Flatten(), keras.layers.Dense(8, activation="relu"), keras.layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy")
model.fit(tokens, label, epochs=4, batch_size=20, verbose=2)
