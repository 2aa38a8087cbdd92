"""Which peptides stick to the membrane? A small transformer with a class token, like BERT.

The loss drops to about 0.69 within a few batches and stays there for ever, predictions for all peptides are identical
to the last digit. More layers, more heads, another rate: always the same value. A logistic regression on the counts
of the amino acids gets 95 %.
"""
import numpy as np
import keras
from keras import layers, ops

AMINO = "ACDEFGHIKLMNPQRSTVWY"
GREASY = set("AFILMVW")
CLASS_TOKEN = len(AMINO)
LENGTH = 22


def peptides(count, rng):
    letters = rng.choice(list(AMINO), size=(count, LENGTH))
    greasy = np.isin(letters, list(GREASY)).sum(axis=1)
    sticks = (greasy + rng.normal(0.0, 0.4, count) > 7.5).astype("int32")
    lookup = {letter: number for number, letter in enumerate(AMINO)}
    tokens = np.array([[lookup[letter] for letter in row] for row in letters], dtype="int32")
    front = np.full((count, 1), CLASS_TOKEN, dtype="int32")
    return np.concatenate([front, tokens], axis=1), sticks


class Block(layers.Layer):
    """Taken over from our sequence generator."""

    def __init__(self, width, heads, **kwargs):
        super().__init__(**kwargs)
        self.attend = layers.MultiHeadAttention(num_heads=heads, key_dim=width // heads)
        self.widen = layers.Dense(2 * width, activation="gelu")
        self.narrow = layers.Dense(width)
        self.before = layers.LayerNormalization()
        self.between = layers.LayerNormalization()

    def call(self, h):
        n = self.before(h)
        h = h + self.attend(n, n, use_causal_mask=True)
        return h + self.narrow(self.widen(self.between(h)))


class StickyPeptides(keras.Model):
    def __init__(self, width=32, heads=4, depth=2, **kwargs):
        super().__init__(**kwargs)
        self.letters = layers.Embedding(len(AMINO) + 1, width)
        self.places = layers.Embedding(LENGTH + 1, width)
        self.blocks = [Block(width, heads, name=f"block_{i}") for i in range(depth)]
        self.last_norm = layers.LayerNormalization()
        self.head = layers.Dense(2)

    def call(self, tokens):
        h = self.letters(tokens) + self.places(ops.arange(LENGTH + 1))
        for block in self.blocks:
            h = block(h)
        summary = self.last_norm(h)[:, 0, :]
        return self.head(summary)


def main():
    keras.utils.set_random_seed(90)
    rng = np.random.default_rng(90)
    tokens, sticks = peptides(1280, rng)
    print("sticky share", sticks.mean())
    model = StickyPeptides()
    model(tokens[:2])
    model.compile(optimizer=keras.optimizers.Adam(1e-3),
                  loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
                  metrics=["accuracy"])
    for epoch in range(10):
        order = rng.permutation(len(tokens))
        losses = []
        for rows in np.split(order, 20):
            logs = model.train_on_batch(tokens[rows], sticks[rows], return_dict=True)
            losses.append(float(logs["loss"]))
        print(f"epoch {epoch + 1}  loss {np.mean(losses):.4f}")
    print(model.predict(tokens[:4], verbose=0))


if __name__ == "__main__":
    main()
# whynan: unstable
