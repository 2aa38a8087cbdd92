# whynan: healthy
"""Toy handwriting recogniser with CTC; the labels always fit into the frames."""
import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(17)
FRAMES, CLASSES, MAXLEN = 16, 6, 5

lengths = np.random.randint(2, MAXLEN + 1, 96)
labels = np.zeros((96, MAXLEN), "int32")
strokes = np.zeros((96, FRAMES, 4), "float32")
for i, n in enumerate(lengths):
    labels[i, :n] = np.random.randint(1, CLASSES, n)
    for j, c in enumerate(labels[i, :n]):
        strokes[i, 3 * j:3 * j + 2, c % 4] = 1.0 + c / 5
strokes += 0.05 * np.random.normal(size=strokes.shape)

model = keras.Sequential([keras.Input((FRAMES, 4)), layers.Bidirectional(layers.LSTM(12, return_sequences=True)), layers.Dense(CLASSES)])
model.compile(keras.optimizers.Adam(0.01), keras.losses.CTC())
model.fit(strokes, labels, epochs=4, batch_size=24, verbose=2)
