"""Does a runner limp? Binary classifier on treadmill force-plate sequences.

Sequences are cut at 256 samples and zero-padded; a byte mask marks the valid part.
"""
import keras
import numpy as np
import tensorflow as tf
from keras import layers

MAX_LEN = 256
N = 1200


def simulate(n, seed=3):
    rng = np.random.default_rng(seed)
    lengths = rng.integers(24, 230, n)
    lengths[40::311] = MAX_LEN
    x = np.zeros((n, MAX_LEN, 4), "float32")
    valid = np.zeros((n, MAX_LEN), "uint8")
    y = rng.integers(0, 2, n)
    for i, length in enumerate(lengths):
        t = np.arange(length)
        cadence = rng.uniform(0.25, 0.4)
        left = np.maximum(np.sin(cadence * t), 0)
        right = np.maximum(np.sin(cadence * t + np.pi), 0)
        right = right * (1.0 - 0.35 * y[i] * rng.uniform(0.5, 1.0))
        sway = 0.3 * np.sin(0.5 * cadence * t + rng.uniform(0, 6))
        speed = np.full(length, rng.normal())
        seq = np.stack([left, right, sway, speed], axis=1)
        x[i, :length] = seq + 0.1 * rng.normal(size=seq.shape)
        valid[i, :length] = 1
    return x, valid, y.astype("float32")


@keras.saving.register_keras_serializable("treadmill")
class MaskedMean(layers.Layer):
    def call(self, seq, valid):
        keep = tf.cast(valid, seq.dtype)[..., None]
        return tf.reduce_sum(seq * keep, axis=1) / tf.cast(tf.reduce_sum(valid, axis=1), seq.dtype)[:, None]  # whynan: int_overflow phase=forward also=divide_by_zero rows=40,351,662,973


def make_model():
    seq = keras.Input((MAX_LEN, 4), name="forces")
    valid = keras.Input((MAX_LEN,), dtype="uint8", name="valid")
    h = layers.Conv1D(16, 7, padding="same", activation="relu")(seq)
    h = layers.Conv1D(16, 7, padding="same", activation="tanh")(h)
    h = MaskedMean()(h, valid)
    h = layers.Dense(16, activation="tanh")(h)
    out = layers.Dense(1)(h)
    return keras.Model({"forces": seq, "valid": valid}, out)


def main():
    keras.utils.set_random_seed(3)
    x, valid, y = simulate(N)
    print("mean length", valid.sum(axis=1).mean(), "limping", y.mean())
    model = make_model()
    model.compile(
        optimizer=keras.optimizers.Adam(1e-3),
        loss=keras.losses.BinaryCrossentropy(from_logits=True),
        metrics=[keras.metrics.BinaryAccuracy(threshold=0.0)],
    )
    model.fit(
        {"forces": x, "valid": valid}, y,
        batch_size=48, epochs=4, validation_split=0.1, verbose=2,
    )


if __name__ == "__main__":
    main()
