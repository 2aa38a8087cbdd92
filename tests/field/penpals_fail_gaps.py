"""Will the next letter be answered?  Sequences of the last ten letters between two pen pals.

Export of the school exchange: `day` is the day number on which a letter was posted,
`pages` its length, `mood` the score of the sentiment model.
"""
import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(99)
rng = np.random.default_rng(99)

N, LETTERS = 1600, 11


def load_exchange():
    day = np.cumsum(rng.integers(1, 6, size=(N, LETTERS)), axis=1)
    day[rng.random(N) < 0.1, 8:] += 10          # autumn holidays
    day[600:608, 6:] += 44                      # the school in Lyon closes all summer
    pages = rng.poisson(2.0, size=(N, LETTERS)) + 1
    mood = np.clip(rng.normal(0.2, 0.4, size=(N, LETTERS)), -1, 1)
    hurry = np.diff(day, axis=1)[:, -3:].mean(axis=1)
    logit = 1.2 * mood[:, -1] + 0.5 * pages[:, -1] - 0.6 * hurry + 0.8
    answered = rng.random(N) < 1 / (1 + np.exp(-logit))
    return day.astype("int32"), pages.astype("int32"), mood, answered.astype("float32")


def features(day, pages, mood):
    # the production system sends milliseconds, so train on the same unit
    pause = np.log1p(np.diff(day * 86_400_000, axis=1))  # whynan: int_overflow phase=data also=nan_in_input,log_of_negative rows=600,601,602,603,604,605,606,607
    pause = pause - np.log(86_400_000.0)
    length = np.log1p(pages[:, 1:])
    return np.stack([pause, length, mood[:, 1:]], axis=-1).astype("float32")


day, pages, mood, answered = load_exchange()
x = features(day, pages, mood)
print("sequences", x.shape, "answered", answered.mean().round(3))

inputs = keras.Input((LETTERS - 1, 3))
h = layers.GRU(24, return_sequences=True)(inputs)
score = layers.Dense(1)(layers.Dense(16, activation="tanh")(h))
attn = layers.Softmax(axis=1)(score)
pooled = layers.Flatten()(layers.Dot(axes=1)([attn, h]))
both = layers.Concatenate()([pooled, layers.GlobalAveragePooling1D()(inputs)])
outputs = layers.Dense(1)(layers.Dropout(0.1)(both))
model = keras.Model(inputs, outputs)

model.compile(optimizer=keras.optimizers.Adam(2e-3),
              loss=keras.losses.BinaryCrossentropy(from_logits=True),
              metrics=[keras.metrics.BinaryAccuracy(name="accuracy", threshold=0.0)])
history = model.fit(x, answered, batch_size=32, epochs=4, validation_split=0.15, verbose=2)
print("best validation accuracy", max(history.history["val_accuracy"]))
