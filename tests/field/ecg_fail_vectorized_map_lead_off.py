# Arrhythmia classifier on single beats. Every beat is standardised on its own inside the model (vectorized_map),
# because the electrode gain differs from patient to patient. After a while accuracy sticks and loss is nan.
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(9)
SAMPLES = 64


def standardise(beat):
    centred = beat - tf.reduce_mean(beat)
    return centred / tf.math.reduce_std(beat)  # whynan: zero_variance_normalisation phase=forward rows=37,112,290 also=divide_by_zero


class PerBeat(layers.Layer):
    """Applies fn to each beat of the batch."""

    def __init__(self, fn, **kwargs):
        super().__init__(**kwargs)
        self.fn = fn

    def call(self, beats):
        out = tf.vectorized_map(self.fn, beats)
        out.set_shape(beats.shape)
        return out

    def compute_output_shape(self, input_shape):
        return input_shape


class BeatNet(keras.Model):
    def __init__(self, classes):
        super().__init__()
        self.prepare = PerBeat(standardise)
        self.expand = layers.Reshape((SAMPLES, 1))
        self.conv = layers.Conv1D(8, 7, padding="same")
        self.bn = layers.BatchNormalization()
        self.pool = layers.GlobalAveragePooling1D()
        self.out = layers.Dense(classes, activation="softmax")

    def call(self, x, training=False):
        h = self.conv(self.expand(self.prepare(x)))
        h = keras.ops.tanh(self.bn(h, training=training))
        return self.out(self.pool(h))


def synth_beats(n=320):
    rng = np.random.default_rng(17)
    t = np.linspace(-1, 1, SAMPLES)
    label = rng.integers(0, 3, n)
    width = np.array([0.05, 0.12, 0.25])[label][:, None]
    gain = rng.uniform(0.3, 4.0, (n, 1))
    beats = gain * np.exp(-(t / width) ** 2) + 0.02 * rng.normal(size=(n, SAMPLES))
    beats[[37, 112, 290]] = 0.0          # "lead off", the recorder writes zeros then
    return beats.astype("float32"), label


def main():
    x, y = synth_beats()
    model = BeatNet(3)
    model.compile(optimizer=keras.optimizers.Adam(2e-3), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(x, y, batch_size=16, epochs=3, verbose=2)


if __name__ == "__main__":
    main()
