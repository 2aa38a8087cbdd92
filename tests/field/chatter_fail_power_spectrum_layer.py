"""Detect chatter of a milling spindle from its accelerometer. The spectrum is computed inside the model, so that
the exported model takes the raw signal. Most batches have a sensible loss, but one batch of the epoch reports nan,
in every epoch the same one. No sample of the recordings is nan, the largest value is around ten g.
"""
import keras
import numpy as np
import tensorflow as tf

RATE, SAMPLES, FRAME = 5000, 1024, 256
BATCH, EPOCHS = 32, 4


def record(rng, chatter, broken_insert=False):
    t = np.arange(SAMPLES) / RATE
    tooth_pass = rng.uniform(380, 420)
    signal = rng.uniform(0.4, 1.1) * np.sin(2 * np.pi * tooth_pass * t + rng.uniform(0, 6.28))
    if chatter:
        own = rng.uniform(700, 900)
        signal += rng.uniform(0.3, 0.9) * np.sin(2 * np.pi * own * t + rng.uniform(0, 6.28))
    if broken_insert:
        signal += 9.0 * np.sin(2 * np.pi * (tooth_pass / 3) * t)
    return signal + rng.normal(0, 0.15, SAMPLES)


def recordings(count, seed):
    rng = np.random.default_rng(seed)
    chatter = rng.integers(0, 2, count)
    signals = np.stack([record(rng, c == 1, broken_insert=(i == 203)) for i, c in enumerate(chatter)])
    return signals.astype("float32"), chatter.astype("float32")[:, None]


class PowerSpectrum(keras.layers.Layer):
    """Log power of overlapping frames. The transform does not exist in half precision, so it runs in single."""

    def __init__(self, frame, floor=1e-3, **kwargs):
        super().__init__(**kwargs)
        self.frame = frame
        self.floor = floor
        self.window = np.hanning(frame).astype("float32")

    def call(self, signal):
        frames = tf.signal.frame(tf.cast(signal, tf.float32), self.frame, self.frame // 2)
        spectrum = tf.signal.rfft(frames * self.window)
        power = tf.cast(tf.square(tf.abs(spectrum)), self.compute_dtype)  # whynan: float16_overflow phase=forward rows=203
        return tf.math.log(power + self.floor)


def build_detector():
    return keras.Sequential(
        [
            keras.Input((SAMPLES,)),
            PowerSpectrum(FRAME),
            keras.layers.Dense(24, activation="elu"),
            keras.layers.GlobalAveragePooling1D(),
            keras.layers.Dense(1, dtype="float32"),
        ]
    )


def main():
    keras.utils.set_random_seed(2)
    keras.mixed_precision.set_global_policy("mixed_float16")
    signals, chatter = recordings(320, seed=2)
    print("finite:", np.isfinite(signals).all(), " largest:", np.abs(signals).max())

    detector = build_detector()
    detector.compile(
        optimizer=keras.optimizers.Adam(2e-3),
        loss=keras.losses.BinaryCrossentropy(from_logits=True),
    )
    for epoch in range(EPOCHS):
        losses = []
        for start in range(0, len(signals), BATCH):
            stop = start + BATCH
            losses.append(detector.train_on_batch(signals[start:stop], chatter[start:stop]))
        print(f"epoch {epoch + 1}:", " ".join(f"{float(value):.3f}" for value in losses))


if __name__ == "__main__":
    main()
