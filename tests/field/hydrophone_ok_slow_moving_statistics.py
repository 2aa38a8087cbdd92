"""Whale call, ship or nothing, from one second of hydrophone samples (raw counts of the converter).

Is my training broken?  The training loss falls from epoch to epoch, but the validation loss is many times as large, jumps up
and down, and its accuracy looks like guessing.  Same recordings, random split, no shift between the two parts.
"""
# whynan: healthy
import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(23)
RATE, CLASSES = 256, 3


class SpectralPenalty(layers.Layer):
    """Adds a little penalty on large embeddings through add_loss."""

    def __init__(self, weight, **kwargs):
        super().__init__(**kwargs)
        self.weight = weight

    def call(self, x):
        self.add_loss(self.weight * keras.ops.mean(keras.ops.square(x)))
        return x


def recordings(n, rng):
    t = np.arange(RATE) / RATE
    label = rng.integers(0, CLASSES, n)
    x = rng.normal(0, 40, (n, RATE))
    for row in range(n):
        phase = rng.uniform(0, 2 * np.pi)
        if label[row] == 1:
            start = rng.uniform(18, 24)
            x[row] += 260 * np.sin(2 * np.pi * (start * t + 8 * t**2) + phase)
        elif label[row] == 2:
            blade = rng.uniform(55, 65)
            x[row] += 260 * np.sin(2 * np.pi * blade * t + phase) + 90 * np.sin(4 * np.pi * blade * t)
    return x[:, :, None].astype("float32"), label.astype("int32")


def conv_block(x, filters, kernel):
    x = layers.Conv1D(filters, kernel, strides=2, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization(momentum=0.999)(x)  # "slow statistics are more stable"
    return layers.Activation("relu")(x)


def classifier():
    inputs = keras.Input((RATE, 1), name="counts")
    x = layers.Lambda(lambda s: s - keras.ops.mean(s, axis=1, keepdims=True), name="remove_offset")(inputs)
    x = conv_block(x, 16, 15)
    x = conv_block(x, 24, 9)
    x = layers.GlobalAveragePooling1D()(x)
    x = SpectralPenalty(1e-3)(x)
    return keras.Model(inputs, layers.Dense(CLASSES, activation="softmax")(x))


def main():
    x, y = recordings(720, np.random.default_rng(23))
    model = classifier()
    model.compile(
        optimizer=keras.optimizers.Adam(2e-3),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    model.fit(x[:560], y[:560], validation_data=(x[560:], y[560:]), batch_size=40, epochs=12, verbose=2)


if __name__ == "__main__":
    main()
