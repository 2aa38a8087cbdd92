"""Sleep spindle segmentation in single-channel EEG windows, cross-entropy loss, dice as a metric.

loss goes down, but dice_coef and val_dice_coef show nan in nearly every epoch. Is my model broken?
"""
# whynan: side_nonfinite
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(19)

RATE, LENGTH = 100, 256


class NightRecorder:
    def __init__(self, seed):
        self.rng = np.random.default_rng(seed)
        self.t = np.arange(LENGTH) / RATE

    def window(self):
        eeg = np.cumsum(self.rng.normal(0, 0.25, LENGTH))
        eeg -= np.linspace(eeg[0], eeg[-1], LENGTH)
        mark = np.zeros(LENGTH)
        if self.rng.random() < 0.45:
            length = int(self.rng.integers(50, 110))
            start = int(self.rng.integers(0, LENGTH - length))
            part = slice(start, start + length)
            eeg[part] += 2.2 * np.hanning(length) * np.sin(2 * np.pi * 13 * self.t[part])
            mark[part] = 1.0
        return eeg / (eeg.std() + 1e-6), mark

    def batch(self, n):
        pairs = [self.window() for _ in range(n)]
        x = np.stack([p[0] for p in pairs]).astype("float32")[..., None]
        y = np.stack([p[1] for p in pairs]).astype("float32")
        return x, y


def dice_coef(y_true, y_pred):
    found = tf.cast(y_pred > 0.5, tf.float32)
    overlap = tf.reduce_sum(y_true * found, axis=-1)
    return 2.0 * overlap / (tf.reduce_sum(y_true, axis=-1) + tf.reduce_sum(found, axis=-1))


def spindle_net():
    eeg = keras.Input((LENGTH, 1))
    x = keras.layers.Conv1D(12, 15, padding="same", activation="relu")(eeg)
    x = keras.layers.Conv1D(12, 15, padding="same", activation="relu")(x)
    x = keras.layers.Conv1D(12, 15, padding="same", activation="relu")(x)
    x = keras.layers.Conv1D(1, 1, activation="sigmoid")(x)
    return keras.Model(eeg, keras.layers.Reshape((LENGTH,))(x))


x_train, y_train = NightRecorder(1).batch(240)
x_val, y_val = NightRecorder(2).batch(60)
print("share of spindle samples", y_train.mean())

net = spindle_net()
net.compile(keras.optimizers.Adam(3e-3), loss="binary_crossentropy", metrics=[dice_coef])
history = net.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=7, batch_size=20, verbose=2)
print("loss", history.history["loss"][0], "->", history.history["loss"][-1])
