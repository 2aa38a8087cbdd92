"""Active noise cancelling for in-ear phones: learn the path from the outer microphone to the ear canal.

FIR filter of 48 taps, trained on a recording made in the cabin of a ferry (engine hum plus wind).
"""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(15)

FS = 4000
TAPS = 48
BATCH = 128
EPOCHS = 8


def record_cabin(seconds, rng):
    t = np.arange(int(FS * seconds)) / FS
    hum = np.sin(2 * np.pi * 112 * t + 0.4) + 0.25 * np.sin(2 * np.pi * 224 * t)
    wind = np.convolve(rng.normal(size=len(t) + 7), np.ones(8) / 8, mode="valid")
    outer = 1.2 * hum + 0.8 * wind
    return (outer - outer.mean()) / outer.std()


def ear_canal(outer, rng):
    """Foam tip: delayed, low-passed, with a small resonance."""
    k = np.arange(TAPS)
    path = 0.5 * np.exp(-k / 7.0) * np.cos(2 * np.pi * k / 19.0)
    path[:3] = 0.0
    inner = np.convolve(outer, path)[: len(outer)]
    return inner + rng.normal(0, 0.02, len(outer)), path


rng = np.random.default_rng(6)
outer = record_cabin(1.0, rng)
inner, true_path = ear_canal(outer, rng)

frames = np.lib.stride_tricks.sliding_window_view(outer, TAPS)[:, ::-1].astype("float32")
wanted = inner[TAPS - 1:].astype("float32")
steps = len(frames) // BATCH
print("frames", frames.shape, "power of outer mic %.3f" % np.mean(outer ** 2))

data = (tf.data.Dataset.from_tensor_slices((frames, wanted))
        .shuffle(len(frames), seed=4)
        .batch(BATCH, drop_remainder=True))


class CancelFilter(keras.layers.Layer):
    def build(self, shape):
        self.taps = self.add_weight(name="taps", shape=(shape[-1],), initializer="zeros")

    def call(self, x):
        return tf.linalg.matvec(x, self.taps)


schedule = keras.optimizers.schedules.CosineDecay(
    initial_learning_rate=0.0,
    decay_steps=steps * EPOCHS,
    warmup_target=0.1,
    warmup_steps=2 * steps,
)
opt = keras.optimizers.SGD(learning_rate=schedule)
anc = CancelFilter()
anc.build((None, TAPS))


def residual_power(x, target):
    left_over = target - anc(x)
    return tf.reduce_mean(tf.square(left_over))  # whynan: learning_rate_too_high phase=loss|update


for epoch in range(EPOCHS):
    log = []
    for x, target in data:
        with tf.GradientTape() as tape:
            power = residual_power(x, target)
        grad = tape.gradient(power, [anc.taps.value])
        opt.apply_gradients(zip(grad, [anc.taps]))
        log.append(float(power))
    db = 10 * np.log10(np.mean(log[-10:]) / np.mean(wanted ** 2))
    print(f"epoch {epoch + 1}: residual {np.mean(log):.3e}   attenuation {db:.1f} dB")

learned = anc.taps.numpy()
print("largest tap at", int(np.argmax(np.abs(learned))), "should be", int(np.argmax(np.abs(true_path))))
