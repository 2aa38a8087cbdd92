"""Forgery detector for signatures from the pads at our branch counters.

Every signature is a buffer of 512 pen samples (x, y, pressure); unused places hold pressure -1. The first evening run
on the short signatures of the pilot branch was fine. With the full collection the loss is nan within the first epoch,
although pressure and coordinates are all between -1 and 1.
"""
import keras
import numpy as np
import tensorflow as tf
from keras import layers

MAX_SAMPLES = 512
# Signers who kept on writing; the pad stops at MAX_SAMPLES.
LONG_SIGNERS = {37: 688, 158: 541, 290: 1030}


def draw_signature(rng, length, forged):
    t = np.linspace(0.0, 1.0, length)
    wobble = 0.02 if not forged else 0.07
    x = np.sin(2 * np.pi * rng.uniform(3, 6) * t + rng.uniform(0, 6)) * 0.6 + rng.normal(0, wobble, length)
    y = np.cos(2 * np.pi * rng.uniform(2, 5) * t) * 0.5 + rng.normal(0, wobble, length)
    pressure = np.clip(0.55 + 0.3 * np.sin(7 * t) + rng.normal(0, 0.05, length), 0.0, 1.0)
    return np.stack([np.clip(x, -1, 1), np.clip(y, -1, 1), pressure], axis=1)


def collection(n=400, seed=4):
    rng = np.random.default_rng(seed)
    lengths = rng.integers(60, 250, n)
    for signer, length in LONG_SIGNERS.items():
        lengths[signer] = length
    forged = (rng.random(n) < 0.4).astype("float32")
    buffers = np.zeros((n, MAX_SAMPLES, 3), dtype="float32")
    buffers[..., 2] = -1.0
    for i in range(n):
        length = min(int(lengths[i]), MAX_SAMPLES)
        buffers[i, :length] = draw_signature(rng, length, forged[i] > 0.5)
    return buffers, forged


@keras.saving.register_keras_serializable("signpads")
class MeanOverPenDown(layers.Layer):
    """Average of the features over the samples that were really written."""

    def call(self, inputs):
        features, strokes = inputs
        written = tf.cast(strokes[..., 2] >= 0.0, tf.uint8)
        weights = tf.cast(written, features.dtype)[:, :, tf.newaxis]
        total = tf.reduce_sum(features * weights, axis=1)
        return total / tf.cast(tf.reduce_sum(written, axis=1, keepdims=True), features.dtype)  # whynan: int_overflow phase=forward rows=37,158,290 also=divide_by_zero


def detector():
    strokes = keras.Input(shape=(MAX_SAMPLES, 3), name="strokes")
    h = layers.Conv1D(16, 7, padding="same", activation="relu")(strokes)
    h = layers.Conv1D(16, 7, padding="same", activation="relu")(h)
    pooled = MeanOverPenDown(name="pen_down_mean")([h, strokes])
    pooled = layers.Dropout(0.1)(pooled)
    logit = layers.Dense(1, name="forged")(pooled)
    return keras.Model(strokes, logit)


def main():
    keras.utils.set_random_seed(21)
    signatures, forged = collection()
    print("signatures", signatures.shape, "values", signatures.min(), "to", signatures.max())
    model = detector()
    model.compile(
        optimizer=keras.optimizers.Adam(2e-3),
        loss=keras.losses.BinaryCrossentropy(from_logits=True),
        metrics=[keras.metrics.BinaryAccuracy(threshold=0.0)],
    )
    model.fit(signatures, forged, batch_size=32, epochs=3, validation_split=0.2, verbose=2)


if __name__ == "__main__":
    main()
