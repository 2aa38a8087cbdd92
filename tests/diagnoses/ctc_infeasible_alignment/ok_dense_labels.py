# whynan: healthy
"""Dense labels longer than the frames: TensorFlow's dense CTC gives a large, finite loss."""
import numpy as np
import keras

keras.utils.set_random_seed(31)
rng = np.random.default_rng(31)
audio = rng.normal(size=(96, 16, 5)).astype("float32")
words = rng.integers(1, 10, (96, 6)).astype("int32")
words[:, 3:] = 0
words[22] = [4, 4, 4, 5, 5, 5]
model = keras.Sequential([keras.Input((16, 5)), keras.layers.Conv1D(16, 4, strides=4, activation="relu"), keras.layers.Dense(11)])
model.compile("adam", loss=keras.losses.CTC())
print(model.fit(audio, words, batch_size=16, epochs=3, verbose=0).history)
