"""POS tagger with a hand written NLL, trained with train_on_batch."""
import numpy as np
import keras
from keras import layers, ops

keras.utils.set_random_seed(30)
TAGS = ["NOUN", "VERB", "ADJ", "ADV", "DET", "PRON", "ADP"]
VOCAB, LENGTH = 200, 12


class Codec:
    """words and tags -> ids; 0 is kept for padding in both."""

    def __init__(self, tags):
        self.tag_to_id = {tag: i + 1 for i, tag in enumerate(tags)}

    def encode(self, sentences):
        return np.array([[self.tag_to_id[t] for t in s] for s in sentences], "int32")


def toy_corpus(n, rng):
    words = rng.integers(1, VOCAB, (n, LENGTH))
    tags = [[TAGS[w % len(TAGS)] for w in row] for row in words]
    return words.astype("int32"), tags


def picked_probability(tag_ids, probs):
    hot = ops.one_hot(ops.cast(tag_ids, "int32"), probs.shape[-1])
    return ops.sum(hot * probs, axis=-1)


def sequence_nll(y_true, y_pred):
    p = picked_probability(y_true, y_pred)
    return -ops.mean(ops.log(p), axis=-1)  # whynan: label_out_of_range phase=loss also=log_of_zero


def build_tagger(n_tags):
    return keras.Sequential([
        keras.Input((LENGTH,), dtype="int32"),
        layers.Embedding(VOCAB, 16),
        layers.Bidirectional(layers.LSTM(12, return_sequences=True)),
        layers.Dense(n_tags, activation="softmax"),
    ])


rng = np.random.default_rng(30)
words, tags = toy_corpus(256, rng)
labels = Codec(TAGS).encode(tags)

tagger = build_tagger(len(TAGS))
tagger.compile(optimizer=keras.optimizers.Adam(3e-3), loss=sequence_nll)

for epoch in range(3):
    order = rng.permutation(len(words))
    for start in range(0, len(words), 32):
        idx = order[start:start + 32]
        loss = tagger.train_on_batch(words[idx], labels[idx])
    print(f"epoch {epoch}: loss {float(loss):.4f}")
