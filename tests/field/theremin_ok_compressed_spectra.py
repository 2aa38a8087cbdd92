"""Remove mains hum and hiss from short theremin recordings.

Ratio mask on the STFT, trained on power-law compressed magnitudes (0.3), the
usual loss for speech enhancement. Recordings differ in length and are
padded to MAX_LEN.
"""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(440)

RATE = 4000
MAX_LEN = 2048
FRAME, HOP = 256, 128
BINS = FRAME // 2 + 1
POWER = 0.3


def record(rng):
    n = int(rng.integers(700, MAX_LEN))
    t = np.arange(n) / RATE
    pitch = rng.uniform(180, 900) * (1 + 0.02 * np.sin(2 * np.pi * rng.uniform(4, 7) * t))
    tone = rng.uniform(0.2, 0.8) * np.sin(2 * np.pi * np.cumsum(pitch) / RATE)
    tone += 0.15 * np.sin(4 * np.pi * np.cumsum(pitch) / RATE)
    tone += 0.002 * rng.standard_normal(n)
    hum = 0.25 * np.sin(2 * np.pi * 50 * t + rng.uniform(0, 6)) + 0.1 * np.sin(2 * np.pi * 150 * t)
    dirty = tone + hum + 0.08 * rng.standard_normal(n)
    pad = (0, MAX_LEN - n)
    return np.pad(dirty, pad), np.pad(tone, pad)


def dataset(n):
    rng = np.random.default_rng(440)
    pairs = [record(rng) for _ in range(n)]
    return (np.stack([p[0] for p in pairs]).astype("float32"),
            np.stack([p[1] for p in pairs]).astype("float32"))


def stft(wave):
    return tf.signal.stft(wave, FRAME, HOP)


def compress(spec):
    return tf.pow(tf.abs(spec), POWER)


def build_masker():
    mag = keras.Input((None, BINS))
    h = layers.LayerNormalization()(mag)
    h = layers.Dense(64, activation="relu")(h)
    h = layers.Dense(64, activation="relu")(h)
    mask = layers.Dense(BINS, activation="sigmoid")(h)
    return keras.Model(mag, mask)


masker = build_masker()
opt = keras.optimizers.Adam(2e-3)
opt.build(masker.trainable_variables)


@tf.function
def train_step(dirty, clean):
    target = stft(clean)
    with tf.GradientTape() as tape:
        mix = stft(dirty)
        mask = masker(tf.math.log1p(tf.abs(mix)), training=True)
        est = tf.cast(mask, tf.complex64) * mix
        mag_loss = tf.reduce_mean(tf.square(compress(est) - compress(target)))
        wave_loss = tf.reduce_mean(tf.square(tf.abs(est - target)))
        loss = mag_loss + 0.01 * wave_loss
    grads = tape.gradient(loss, masker.trainable_variables)
    opt.apply_gradients(zip(grads, masker.trainable_variables))  # whynan: healthy
    return loss


dirty, clean = dataset(320)
data = tf.data.Dataset.from_tensor_slices((dirty, clean)).shuffle(320, seed=3).batch(16)

for epoch in range(6):
    vals = [float(train_step(d, c)) for d, c in data]
    print(f"epoch {epoch}: loss {np.mean(vals):.4f}")

weights_ok = all(np.isfinite(w).all() for w in masker.get_weights())
print("checkpoint usable:", weights_ok)
