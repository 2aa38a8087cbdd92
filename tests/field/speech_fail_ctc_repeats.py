"""Spoken digit strings with CTC.  I made sure that no transcript is longer than the 12 output frames."""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(12)
FRAMES, MFCC, MAX_DIGITS = 48, 13, 8
BLANK = 0


def encode(text):
    ids = [int(c) + 1 for c in text]           # 0 is the blank
    return ids + [BLANK] * (MAX_DIGITS - len(ids))


def make_corpus(n=96, seed=4):
    rng = np.random.default_rng(seed)
    texts = ["".join(rng.choice(list("0123456789"), rng.integers(3, 6))) for _ in range(n)]
    texts[23] = "7777777"                      # a voucher code
    templates = rng.normal(size=(10, MFCC))
    audio = 0.3 * rng.normal(size=(n, FRAMES, MFCC))
    for i, text in enumerate(texts):
        hop = FRAMES // len(text)
        for j, c in enumerate(text):
            audio[i, j * hop:(j + 1) * hop - 1] += templates[int(c)]
    return audio.astype("float32"), np.array([encode(t) for t in texts], "int32"), texts


def ctc(y_true, logits):
    labels = tf.sparse.from_dense(tf.cast(y_true, tf.int32))
    frames = tf.fill([tf.shape(logits)[0]], tf.shape(logits)[1])
    return tf.nn.ctc_loss(  # whynan: ctc_infeasible_alignment phase=loss rows=23
        labels=labels,
        logits=logits,
        label_length=None,
        logit_length=frames,
        logits_time_major=False,
        blank_index=BLANK,
    )


def build():
    x = inp = keras.Input((FRAMES, MFCC))
    for filters in (32, 32):
        x = layers.Conv1D(filters, 5, strides=2, padding="same", activation="relu")(x)
    x = layers.Bidirectional(layers.GRU(24, return_sequences=True))(x)
    return keras.Model(inp, layers.Dense(11)(x))


audio, labels, texts = make_corpus()
model = build()
assert max(map(len, texts)) <= model.output_shape[1]
model.compile(optimizer=keras.optimizers.Adam(2e-3), loss=ctc)
model.fit(audio, labels, batch_size=16, epochs=2, verbose=2)
