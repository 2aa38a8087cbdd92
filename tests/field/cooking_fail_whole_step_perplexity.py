"""Small language model that writes cooking steps.

We compare our models by perplexity, so I made the perplexity itself the loss instead of the cross-entropy.  On the short
steps of the test kitchen ("stir the rice for 5 minutes") it worked.  On the full collection the loss is inf in the very
first batch, and afterwards every weight is nan.  Clipping the gradients changes nothing.
"""
import random

import keras
import numpy as np
from keras import layers, ops

VERBS = "fry stir simmer roast whisk fold steam glaze braise toast blend season".split()
THINGS = (
    "onions garlic rice lentils tomatoes butter cream carrots leeks beans spinach chicken stock pumpkin fennel almonds"
).split()
TIMES = "2 5 8 10 15 20".split()
PAD, START, END = "<pad>", "<start>", "<end>"


def clause(rnd):
    first, second = rnd.sample(THINGS, 2)
    return f"{rnd.choice(VERBS)} the {first} with the {second} for {rnd.choice(TIMES)} minutes"


def collection(count, seed):
    rnd = random.Random(seed)
    return [" then ".join(clause(rnd) for _ in range(rnd.randint(2, 4))) for _ in range(count)]


class Codec:
    def __init__(self, steps):
        words = sorted({word for step in steps for word in step.split()})
        self.words = [PAD, START, END] + words
        self.index = {word: i for i, word in enumerate(self.words)}

    def encode(self, steps):
        ids = [[self.index[word] for word in [START, *step.split(), END]] for step in steps]
        table = keras.utils.pad_sequences(ids, padding="post", value=self.index[PAD])
        return table[:, :-1], table[:, 1:]

    def __len__(self):
        return len(self.words)


class StepPerplexity(keras.losses.Loss):
    """Perplexity of every step; padding does not count."""

    def call(self, y_true, y_pred):
        surprise = keras.losses.sparse_categorical_crossentropy(y_true, y_pred, from_logits=True)
        written = ops.cast(ops.not_equal(y_true, 0), surprise.dtype)
        per_step = ops.sum(surprise * written, axis=-1)
        return ops.exp(per_step)  # whynan: exp_overflow phase=loss


class StepWriter(keras.Model):
    def __init__(self, vocabulary, width=32):
        super().__init__()
        self.embed = layers.Embedding(vocabulary, width)
        self.memory = layers.GRU(width, return_sequences=True)
        self.head = layers.Dense(vocabulary)

    def call(self, tokens):
        return self.head(self.memory(self.embed(tokens)))


def main():
    keras.utils.set_random_seed(23)
    steps = collection(480, seed=23)
    codec = Codec(steps)
    context, following = codec.encode(steps)
    print(len(codec), "words, longest step", context.shape[1], "tokens;", steps[0])

    model = StepWriter(len(codec))
    model.compile(
        optimizer=keras.optimizers.Adam(2e-3, clipnorm=1.0),
        loss=StepPerplexity(),
        metrics=["sparse_categorical_accuracy"],
    )
    model.fit(context.astype(np.int32), following.astype(np.int32), batch_size=32, epochs=2, verbose=2)


if __name__ == "__main__":
    main()
