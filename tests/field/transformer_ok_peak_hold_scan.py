"""Partial discharge monitor of a power transformer.

The old analogue instrument had a peak-hold circuit that leaks at a constant rate; I rebuilt it as a layer with a
learnable leak for every channel.  The scan starts at minus infinity so that the first frame always wins.  A colleague
says that this must end in NaN sooner or later.
"""
# whynan: healthy
import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(101)

FRAMES = 48
LEAK = 0.03            # what the analogue circuit loses in one frame


class PeakHold(layers.Layer):
    """held[t] = max(signal[t], held[t-1] - leak), one leak for each channel."""

    def build(self, input_shape):
        self.raw_leak = self.add_weight(
            name="raw_leak", shape=(input_shape[-1],), initializer=keras.initializers.Constant(-2.0))
        super().build(input_shape)

    def call(self, signal):
        leak = keras.ops.softplus(self.raw_leak)
        frames = tf.transpose(signal, [1, 0, 2])
        nothing_yet = tf.fill(tf.shape(frames[0]), -np.inf)
        held = tf.scan(lambda level, frame: tf.maximum(frame, level - leak), frames, initializer=nothing_yet)
        return tf.transpose(held, [1, 0, 2])

    def compute_output_shape(self, input_shape):
        return input_shape


def recordings(n, seed):
    rng = np.random.default_rng(seed)
    x = np.abs(rng.normal(0.0, 0.08, (n, FRAMES, 2)))
    level = np.zeros(n)
    for i in range(n):
        best = 0.0
        for t in rng.choice(FRAMES, size=rng.integers(1, 5), replace=False):
            charge = rng.uniform(0.8, 3.0)
            x[i, t, 0] += charge
            x[i, t, 1] += 0.6 * charge + rng.normal(0, 0.05)
            best = max(best, charge - LEAK * (FRAMES - 1 - t))
        level[i] = best
    return x.astype("float32"), level.astype("float32")


def build():
    pulses = keras.Input((FRAMES, 2), name="antenna")
    h = layers.Conv1D(8, 3, padding="same", activation="leaky_relu")(pulses)
    h = PeakHold(name="peak_hold")(h)
    h = layers.Lambda(lambda t: t[:, -1, :], output_shape=(8,), name="reading_at_the_end")(h)
    h = layers.Dense(16, activation="relu")(h)
    return keras.Model(pulses, layers.Dense(1, name="picocoulomb")(h))


if __name__ == "__main__":
    x_train, y_train = recordings(320, seed=1)
    x_val, y_val = recordings(64, seed=2)
    model = build()
    model.compile(optimizer=keras.optimizers.Adam(4e-3), loss="mse", metrics=["mae"], jit_compile=False)
    model.fit(x_train, y_train, batch_size=32, epochs=12, validation_data=(x_val, y_val), verbose=2)
    leaks = np.log1p(np.exp(model.get_layer("peak_hold").get_weights()[0]))
    print("learned leak per frame:", np.round(leaks, 3), "analogue:", LEAK)
