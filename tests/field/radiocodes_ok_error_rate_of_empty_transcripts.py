"""Recogniser for spoken radio codes, one phone class per frame (0 is silence), GRU.

The loss goes down as it should, but the character error rate that my callback prints is inf after every epoch, so I
cannot choose a checkpoint with it. Does the network explode in evaluation mode?
"""
# whynan: side_nonfinite
import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(2)

PHONES, FRAMES, BANDS = 6, 40, 10
LETTERS = "_abcde"
PROTOTYPES = np.random.default_rng(99).normal(size=(PHONES, BANDS))


def speak(rng):
    """Frame labels and filter bank energies of one utterance."""
    labels = np.zeros(FRAMES, dtype="int64")
    position = int(rng.integers(1, 4))
    spoken = rng.integers(1, PHONES, size=int(rng.integers(3, 5)))
    for phone in spoken:
        labels[position : position + 6] = phone
        position += 6 + int(rng.integers(1, 4))
    energies = PROTOTYPES[labels] + 0.5 * rng.normal(size=(FRAMES, BANDS))
    return energies, labels, "".join(LETTERS[p] for p in spoken)


def corpus(count, seed):
    rng = np.random.default_rng(seed)
    clips, labels, texts = zip(*[speak(rng) for _ in range(count)])
    return np.asarray(clips, dtype="float32"), np.asarray(labels), list(texts)


def clean_transcript(text):
    """Transcribers write (?) when they did not understand; only letters are kept."""
    return "".join(c for c in text.lower() if c in LETTERS[1:])


def collapse(frames):
    out, previous = [], 0
    for label in frames:
        if label != previous and label != 0:
            out.append(int(label))
        previous = label
    return out


def to_sparse(sequences):
    dense = np.zeros((len(sequences), max(1, max(len(s) for s in sequences))), dtype="int64")
    for row, sequence in zip(dense, sequences):
        row[: len(sequence)] = sequence
    return tf.sparse.from_dense(dense)


class ErrorRate(keras.callbacks.Callback):
    def __init__(self, clips, texts):
        super().__init__()
        self.clips = clips
        self.truth = to_sparse([[LETTERS.index(c) for c in clean_transcript(t)] for t in texts])
        self.rates = []

    def on_epoch_end(self, epoch, logs=None):
        scores = self.model.predict(self.clips, verbose=0)
        heard = to_sparse([collapse(frames) for frames in scores.argmax(axis=-1)])
        rate = tf.reduce_mean(tf.edit_distance(heard, self.truth, normalize=True))
        self.rates.append(float(rate))
        print(f"epoch {epoch}: loss {logs['loss']:.4f}  character error rate {self.rates[-1]:.3f}")


def build():
    inputs = layers.Input((FRAMES, BANDS))
    x = layers.Bidirectional(layers.GRU(16, return_sequences=True))(inputs)
    return keras.Model(inputs, layers.Dense(PHONES, activation="softmax")(x))


x_train, y_train, _ = corpus(160, seed=3)
x_val, y_val, val_texts = corpus(40, seed=4)
val_texts[9] = "(?)"
val_texts[26] = "(??)"

model = build()
model.compile(optimizer=keras.optimizers.Adam(5e-3), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
error_rate = ErrorRate(x_val, val_texts)
model.fit(x_train, y_train, batch_size=16, epochs=6, validation_data=(x_val, y_val), callbacks=[error_rate], verbose=0)
print("best character error rate:", min(error_rate.rates))
