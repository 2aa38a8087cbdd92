"""Removes mallet noise from single marimba strokes with a complex ratio mask."""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(71)

RATE = 8000
LENGTH = 2048
FRAME, HOP = 256, 128
BINS = FRAME // 2 + 1


def strokes(n, seed):
    rng = np.random.default_rng(seed)
    t = np.arange(LENGTH) / RATE
    clean = np.zeros((n, LENGTH), "float32")
    noisy = np.zeros((n, LENGTH), "float32")
    cut_early = set(rng.choice(n, max(2, n // 50), replace=False).tolist())
    for i in range(n):
        f0 = 130.8 * 2 ** (rng.integers(0, 30) / 12)
        bar = np.exp(-6 * t) * np.sin(2 * np.pi * f0 * t)
        bar += 0.3 * np.exp(-14 * t) * np.sin(2 * np.pi * 3.9 * f0 * t + rng.uniform(0, 6))
        click = rng.normal(0, 0.3, LENGTH) * np.exp(-60 * t) + rng.normal(0, 0.02, LENGTH)
        n_rec = rng.integers(700, 1000) if i in cut_early else LENGTH
        clean[i, :n_rec] = bar[:n_rec]
        noisy[i, :n_rec] = (bar + click)[:n_rec]
    return noisy, clean


def stft(wave):
    return tf.signal.stft(wave, FRAME, HOP, window_fn=tf.signal.hann_window)


class StrokeCleaner(keras.Model):
    def __init__(self):
        super().__init__()
        self.encode = keras.layers.Dense(64, activation="tanh")
        self.memory = keras.layers.GRU(32, return_sequences=True)
        self.decode = keras.layers.Dense(2 * BINS, activation="tanh")
        self.tracker = keras.metrics.Mean(name="loss")
        self.phase_tracker = keras.metrics.Mean(name="phase")

    @property
    def metrics(self):
        return [self.tracker, self.phase_tracker]

    def call(self, wave):
        spec = stft(wave)
        loud = tf.math.log(tf.abs(spec) + 1e-5) / 5.0
        re, im = tf.split(2.0 * self.decode(self.memory(self.encode(loud))), 2, axis=-1)
        return tf.complex(re, im) * spec

    def train_step(self, data):
        noisy, clean = data
        ref = stft(clean)
        weight = tf.abs(ref)
        with tf.GradientTape() as tape:
            est = self(noisy, training=True)
            mag_loss = tf.reduce_mean(tf.abs(tf.abs(est) - weight))
            off = 1.0 - tf.cos(tf.math.angle(est) - tf.math.angle(ref))  # whynan: atan2_grad_at_origin phase=gradient
            phase_loss = tf.reduce_mean(weight * off)
            loss = mag_loss + 0.5 * phase_loss
        grads = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.trainable_variables))
        self.tracker.update_state(loss)
        self.phase_tracker.update_state(phase_loss)
        return {m.name: m.result() for m in self.metrics}


noisy, clean = strokes(320, seed=1)
print("recordings", noisy.shape, "peak", np.abs(noisy).max())

model = StrokeCleaner()
model(noisy[:2])
model.compile(optimizer=keras.optimizers.Adam(2e-3))
model.fit(noisy, clean, batch_size=16, epochs=4, verbose=2)
