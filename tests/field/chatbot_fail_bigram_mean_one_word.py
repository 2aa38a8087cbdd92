"""Intent classifier for the help chat: mean word vector plus mean bigram vector, padded to 12 tokens.

Worked on the clean FAQ sentences. On the exported chat log the loss turns nan in the first epoch
and never comes back; the vectorised ids look fine (no negative ids, nothing above the vocabulary).
"""
import keras
import numpy as np
from keras import ops

keras.utils.set_random_seed(13)
rng = np.random.default_rng(13)

INTENTS = {
    "refund": ["i want my money back", "please refund order", "when do i get the refund", "return the wrong item"],
    "delivery": ["where is my parcel", "parcel not arrived yet", "track my delivery please", "courier left no note"],
    "account": ["cannot log in", "reset my password please", "change email of account", "account locked again"],
    "smalltalk": ["hello how are you", "thanks a lot", "good morning to you", "have a nice day"],
}
NAMES = list(INTENTS)
FILLERS = ["now", "today", "really", "already", "sorry", "again"]


def chat_log(n=240):
    texts, labels = [], []
    for _ in range(n):
        label = int(rng.integers(len(NAMES)))
        words = str(rng.choice(INTENTS[NAMES[label]])).split()
        words += list(rng.choice(FILLERS, rng.integers(0, 3)))
        texts.append(" ".join(words))
        labels.append(label)
    for row, (text, intent) in {17: ("refund!!", 0), 88: ("hello", 3), 143: ("Refund?", 0), 201: ("thanks", 3)}.items():
        texts[row], labels[row] = text, intent
    return np.array(texts), np.array(labels)


class BigramPooling(keras.layers.Layer):
    """Average of the products of neighbouring word vectors, padding left out."""

    def call(self, vectors, ids):
        real = ops.cast(ops.not_equal(ids, 0), vectors.dtype)
        pairs = vectors[:, :-1] * vectors[:, 1:]
        both_real = ops.expand_dims(real[:, :-1] * real[:, 1:], -1)
        summed = ops.sum(pairs * both_real, axis=1)
        words = ops.maximum(ops.sum(real, axis=1, keepdims=True), 1.0)
        return summed / (words - 1.0)  # whynan: divide_by_zero phase=forward rows=17,88,143,201 also=empty_reduction,clip_misuse


def build_model(vocabulary, length=12, dim=16):
    ids = keras.Input((length,), dtype="int64")
    vectors = keras.layers.Embedding(vocabulary, dim)(ids)
    unigrams = keras.layers.GlobalAveragePooling1D()(vectors)
    bigrams = BigramPooling()(vectors, ids)
    x = keras.layers.Concatenate()([unigrams, bigrams])
    return keras.Model(ids, keras.layers.Dense(len(NAMES), activation="softmax")(x))


texts, labels = chat_log()
vectorizer = keras.layers.TextVectorization(max_tokens=400, output_sequence_length=12)
vectorizer.adapt(texts)
ids = np.asarray(vectorizer(texts)).astype("int64")
print("ids", ids.shape, ids.min(), ids.max(), "vocabulary", vectorizer.vocabulary_size())

model = build_model(vectorizer.vocabulary_size())
model.compile("adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(ids, labels, epochs=6, batch_size=16, verbose=2)
print(model.predict(ids[:3], verbose=0).round(2))
