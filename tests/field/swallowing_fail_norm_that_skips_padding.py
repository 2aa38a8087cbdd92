"""Swallowing test: three electrodes on the throat, 10 frames a second, at most 6 seconds, then the recorder stops.

Most recordings are shorter and padded with zeros. The batch normalisation of Keras counted the padding, so I wrote one
that leaves it out. It trains fine for a while and the accuracy is better than before, but sooner or later, always when an
epoch is nearly over, the loss becomes nan and stays there.
"""
import math

import keras
import numpy as np
from keras import layers, ops

FRAMES, ELECTRODES = 60, 3
CLASSES = {"saliva": 0, "water": 1, "paste": 2}


def mask_of(used):
    """(batch, 1) number of frames -> (batch, frames, 1) of ones and zeros"""
    return ops.expand_dims(ops.cast(ops.arange(FRAMES) < used, "float32"), -1)


class PaddingFreeNorm(layers.Layer):
    def __init__(self, momentum=0.95, epsilon=1e-3, **kwargs):
        super().__init__(**kwargs)
        self.momentum, self.epsilon = momentum, epsilon

    def build(self, input_shape):
        shape = tuple(input_shape[0][1:])
        self.gamma = self.add_weight(shape=shape, initializer="ones", name="gamma")
        self.beta = self.add_weight(shape=shape, initializer="zeros", name="beta")
        self.mean = self.add_weight(shape=shape, initializer="zeros", trainable=False, name="mean")
        self.var = self.add_weight(shape=shape, initializer="ones", trainable=False, name="var")

    def call(self, inputs, training=False):
        x, used = inputs
        mask = mask_of(used)
        if training:
            count = ops.sum(mask, axis=0)
            mean = ops.sum(x * mask, axis=0) / count  # whynan: empty_reduction phase=forward also=divide_by_zero,zero_weight_sum
            var = ops.sum(ops.square(x - mean) * mask, axis=0) / count
            self.mean.assign(self.momentum * self.mean + (1.0 - self.momentum) * mean)
            self.var.assign(self.momentum * self.var + (1.0 - self.momentum) * var)
        else:
            mean, var = self.mean, self.var
        normal = (x - mean) / ops.sqrt(var + self.epsilon)
        return (normal * self.gamma + self.beta) * mask


class MeanOfUsedFrames(layers.Layer):
    def call(self, inputs):
        x, used = inputs
        return ops.sum(x * mask_of(used), axis=1) / ops.cast(used, "float32")


class Recordings(keras.utils.PyDataset):
    def __init__(self, signals, labels, batch, seed, **kwargs):
        super().__init__(**kwargs)
        self.signals, self.labels, self.batch = signals, labels, batch
        self.rng = np.random.default_rng(seed)
        self.order = self.rng.permutation(len(signals))

    def __len__(self):
        return math.ceil(len(self.signals) / self.batch)

    def __getitem__(self, index):
        rows = self.order[index * self.batch : (index + 1) * self.batch]
        x = np.zeros((len(rows), FRAMES, ELECTRODES), dtype="float32")
        used = np.zeros((len(rows), 1), dtype="int32")
        for k, row in enumerate(rows):
            signal = self.signals[row]
            x[k, : len(signal)] = signal
            used[k] = len(signal)
        return {"signal": x, "used": used}, self.labels[rows]

    def on_epoch_end(self):
        self.order = self.rng.permutation(len(self.signals))


def clinic(n, seed):
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, len(CLASSES), n).astype("int32")
    signals = []
    for label in labels:
        length = int(np.clip(np.rint(rng.gamma(9.0, 5.0)), 15, FRAMES))
        t = np.arange(length) / 10.0
        burst = np.exp(-(((t - 0.35 * t[-1]) / (0.3 + 0.15 * label)) ** 2))
        gain = np.array([1.0, 0.6 + 0.4 * label, 1.3 - 0.3 * label]) * rng.uniform(0.8, 1.2)
        signals.append((burst[:, None] * gain + rng.normal(0.0, 0.2, (length, ELECTRODES))).astype("float32"))
    return signals, labels


def network():
    signal = keras.Input((FRAMES, ELECTRODES), name="signal")
    used = keras.Input((1,), dtype="int32", name="used")
    h = layers.Conv1D(16, 5, padding="same")(signal)
    h = PaddingFreeNorm()([h, used])
    h = layers.LeakyReLU()(h)
    h = MeanOfUsedFrames()([h, used])
    return keras.Model({"signal": signal, "used": used}, layers.Dense(len(CLASSES), activation="softmax")(h))


if __name__ == "__main__":
    keras.utils.set_random_seed(93)
    signals, labels = clinic(452, seed=93)
    print("recordings cut off at six seconds:", sum(len(s) == FRAMES for s in signals), "of", len(signals))

    model = network()
    model.compile(keras.optimizers.Adam(2e-3), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(Recordings(signals, labels, batch=32, seed=11), epochs=12, verbose=2)
