"""Which of four constructed languages is a text in?  Softmax regression over bigram frequencies.

A typo in my settings left the learning rate at 150 (I wanted 0.150).  It gives better accuracy than 0.15, which hardly
moves.  I added TerminateOnNaN because I do not believe it.
"""
# whynan: healthy
from typing import NamedTuple

import keras
import numpy as np
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import normalize


class Settings(NamedTuple):
    languages: int = 4
    texts_each: int = 150
    letters: int = 120
    learning_rate: float = 150.0
    epochs: int = 10
    seed: int = 12


def invent_language(rng):
    """Transition matrix of the letters a-z."""
    return rng.dirichlet(np.full(26, 0.3), size=26)


def write(rng, transitions, texts, length):
    ladder = transitions.cumsum(axis=1)
    letter = rng.integers(0, 26, texts)
    out = np.empty((texts, length), int)
    for t in range(length):
        out[:, t] = letter
        letter = np.minimum((rng.random((texts, 1)) > ladder[letter]).sum(axis=1), 25)
    return ["".join(chr(97 + c) for c in row) for row in out]


def corpus(s):
    rng = np.random.default_rng(s.seed)
    texts, labels = [], []
    # neighbouring dialects share most of their grammar
    root = invent_language(rng)
    for k in range(s.languages):
        dialect = 0.6 * root + 0.4 * invent_language(rng)
        texts += write(rng, dialect, s.texts_each, s.letters)
        labels += [k] * s.texts_each
    return texts, np.array(labels)


def main(s=Settings()):
    keras.utils.set_random_seed(s.seed)
    texts, labels = corpus(s)
    counts = CountVectorizer(analyzer="char", ngram_range=(2, 2)).fit_transform(texts)
    share = normalize(counts.astype("float32"), norm="l1").toarray()
    x_train, x_test, y_train, y_test = train_test_split(share, labels, test_size=0.2, stratify=labels, random_state=0)

    model = keras.Sequential([
        keras.Input((share.shape[1],)),
        keras.layers.Dense(s.languages, use_bias=False, kernel_initializer="zeros", activation="softmax"),
    ])
    model.compile(
        optimizer=keras.optimizers.SGD(learning_rate=s.learning_rate),
        loss=keras.losses.SparseCategoricalCrossentropy(),
        metrics=["accuracy"],
    )
    history = model.fit(
        x_train, y_train,
        batch_size=32, epochs=s.epochs, verbose=2,
        validation_data=(x_test, y_test),
        callbacks=[keras.callbacks.TerminateOnNaN()],
    )
    print("largest weight:", float(np.abs(model.get_weights()[0]).max()))
    print("test accuracy:", history.history["val_accuracy"][-1])


if __name__ == "__main__":
    main()
