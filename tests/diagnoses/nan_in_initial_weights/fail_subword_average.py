"""Sentiment with word vectors built as the mean of known subword vectors."""
import keras
import numpy as np

keras.utils.set_random_seed(38)
rng = np.random.default_rng(38)
DIM = 10
WORDS = ["<pad>", "good", "bad", "movie", "plot", "zyx", "great", "awful", "the", "a", "boring", "fun"]
subwords = {p: rng.normal(size=DIM) for w in WORDS if w != "zyx" for p in (w[:3], w[-3:])}

matrix = np.zeros((len(WORDS), DIM), "float32")
for i, word in enumerate(WORDS):
    if i:
        pieces = [subwords[p] for p in (word[:3], word[-3:]) if p in subwords]
        matrix[i] = np.mean(pieces, axis=0)  # whynan: nan_in_initial_weights phase=data|forward also=empty_reduction

texts = rng.integers(1, len(WORDS), size=(220, 9))
sentiment = ((texts == 1) | (texts == 6) | (texts == 11)).sum(1) > ((texts == 2) | (texts == 7)).sum(1)

model = keras.Sequential([
    keras.Input((9,), dtype="int32"),
    keras.layers.Embedding(len(WORDS), DIM, embeddings_initializer=keras.initializers.Constant(matrix), trainable=False),
    keras.layers.Bidirectional(keras.layers.LSTM(6)),
    keras.layers.Dense(1, activation="sigmoid"),
])
model.compile("adam", "binary_crossentropy")
model.fit(texts, sentiment.astype("float32"), epochs=3, batch_size=22, verbose=2)
