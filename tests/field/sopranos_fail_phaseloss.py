"""Dereverberation of short soprano phrases: time-domain conv net, L1 + log magnitude + phase objective."""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(77)

RATE = 8000
MAX_LEN = 2048
FRAME, HOP = 256, 128
rng = np.random.default_rng(77)


def sing(n):
    """one held vowel with vibrato, partials rolling off"""
    t = np.arange(n) / RATE
    f0 = rng.uniform(260, 700)
    phase = 2 * np.pi * f0 * t + 0.6 * np.sin(2 * np.pi * rng.uniform(5, 6.5) * t)
    voice = sum(np.sin(k * phase + rng.uniform(0, 6.28)) / k ** 1.3 for k in range(1, 6))
    envelope = np.minimum(1, t / 0.02) * np.exp(-1.5 * t)
    return 0.3 * voice * envelope


def church(x):
    ir = rng.normal(0, 1, 400) * np.exp(-np.arange(400) / 90.0)
    ir[0] = 4.0
    wet = np.convolve(x, ir)[: len(x)] / 6.0
    return wet + rng.normal(0, 0.003, len(x))


def make_corpus(n=200):
    dry = np.zeros((n, MAX_LEN), "float32")
    wet = np.zeros((n, MAX_LEN), "float32")
    length = rng.integers(900, MAX_LEN + 1, n)
    for i, m in enumerate(length):
        take = sing(m)
        dry[i, :m], wet[i, :m] = take, church(take)
    return wet, dry, length.astype("int32")


def spectrum(wave):
    return tf.signal.stft(wave, FRAME, HOP, fft_length=FRAME)


def log_magnitude_loss(est, ref):
    return tf.reduce_mean(tf.abs(tf.math.log(tf.abs(est) + 1e-3) - tf.math.log(tf.abs(ref) + 1e-3)))


def phase_loss(est, ref):
    """cosine distance between the phases, loud bins count more"""
    loud = tf.abs(ref)
    lag = tf.math.angle(est) - tf.math.angle(ref)  # whynan: atan2_grad_at_origin phase=gradient
    return tf.reduce_sum(loud * (1.0 - tf.cos(lag))) / (tf.reduce_sum(loud) + 1e-6)


class Dereverb(keras.Model):
    """waveform in, waveform out; phrases are padded at the end"""

    def train_step(self, data):
        (wet, length), dry = data
        inside = tf.sequence_mask(length, MAX_LEN, dtype=tf.float32)
        with tf.GradientTape() as tape:
            est = self(wet, training=True) * inside
            l1 = tf.reduce_sum(tf.abs(est - dry)) / tf.reduce_sum(inside)
            est_spec, dry_spec = spectrum(est), spectrum(dry)
            mag = log_magnitude_loss(est_spec, dry_spec)
            phi = phase_loss(est_spec, dry_spec)
            loss = 10.0 * l1 + 0.5 * mag + 0.3 * phi
        grads = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.trainable_variables))
        return {"loss": loss, "l1": l1, "mag": mag, "phase": phi}


def build():
    wave = keras.Input((MAX_LEN,))
    x = layers.Reshape((MAX_LEN, 1))(wave)
    x = layers.Conv1D(12, 15, padding="same", activation="tanh")(x)
    x = layers.Conv1D(12, 15, padding="same", activation="tanh")(x)
    x = layers.Conv1D(1, 15, padding="same")(x)
    residual = layers.Reshape((MAX_LEN,))(x)
    return Dereverb(wave, layers.Add()([wave, residual]))


wet, dry, length = make_corpus()
train = (tf.data.Dataset.from_tensor_slices(((wet[:168], length[:168]), dry[:168]))
         .shuffle(168, seed=1).batch(24).prefetch(1))

model = build()
model.compile(optimizer=keras.optimizers.Adam(1e-3))
history = model.fit(train, epochs=4, verbose=2)

est = model.predict(wet[168:], verbose=0)
noise = np.sum((est - dry[168:]) ** 2, axis=1)
print("mean SDR on held out phrases: %.2f dB" % np.mean(10 * np.log10(np.sum(dry[168:] ** 2, axis=1) / noise)))
