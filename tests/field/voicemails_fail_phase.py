"""Cleaning up noisy voicemails: complex ratio mask on the STFT, magnitude and phase loss."""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(66)

RATE = 8000
LENGTH = 6144
FRAME, HOP = 256, 128
BINS = FRAME // 2 + 1


def utterance(rng, seconds):
    t = np.arange(int(seconds * RATE)) / RATE
    pitch = rng.uniform(90, 240) * (1 + 0.05 * np.sin(2 * np.pi * rng.uniform(2, 5) * t))
    phase = 2 * np.pi * np.cumsum(pitch) / RATE
    voice = sum(rng.uniform(0.2, 1.0) / k * np.sin(k * phase + rng.uniform(0, 6)) for k in range(1, 9))
    syllables = 0.3 + 0.7 * np.sin(np.pi * rng.uniform(3, 6) * t + rng.uniform(0, 3)) ** 2
    return 0.3 * voice * syllables


def mailbox(n, seed):
    rng = np.random.default_rng(seed)
    clean = np.zeros((n, LENGTH), "float32")
    noisy = np.zeros((n, LENGTH), "float32")
    for i in range(n):
        voice = utterance(rng, rng.uniform(0.35, 0.75))
        hum = 0.1 * np.sin(2 * np.pi * 50 * np.arange(len(voice)) / RATE)
        hiss = rng.normal(0, rng.uniform(0.02, 0.12), len(voice))
        clean[i, : len(voice)] = voice
        noisy[i, : len(voice)] = voice + hum + hiss
    return noisy, clean


def stft(wave):
    return tf.signal.stft(wave, FRAME, HOP)


def build_masker():
    inp = keras.Input((None, BINS))
    h = keras.layers.Dense(96, activation="relu")(inp)
    h = keras.layers.Conv1D(48, 5, padding="same", activation="relu")(h)
    return keras.Model(inp, keras.layers.Dense(2 * BINS, activation="tanh")(h))


masker = build_masker()
optimizer = keras.optimizers.Adam(1e-3, clipnorm=1.0)


def enhance(noisy):
    spectrum = stft(noisy)
    m = 2.0 * masker(tf.math.log1p(10.0 * tf.abs(spectrum)), training=True)
    return spectrum * tf.complex(m[..., :BINS], m[..., BINS:])


def phase_error(estimate, target):
    turn = tf.math.angle(estimate) - tf.math.angle(target)  # whynan: atan2_grad_at_origin phase=gradient
    return 1.0 - tf.cos(turn)


def objective(noisy, clean):
    estimate, target = enhance(noisy), stft(clean)
    loudness = tf.abs(target)
    magnitude = tf.reduce_mean(tf.square(tf.abs(estimate) - loudness))
    phase = tf.reduce_mean(loudness * phase_error(estimate, target))
    return magnitude + 0.5 * phase, (magnitude, phase)


def run(epochs=3, batch=20):
    noisy, clean = mailbox(240, seed=1)
    dataset = tf.data.Dataset.from_tensor_slices((noisy, clean)).shuffle(240, seed=2).batch(batch)
    for epoch in range(epochs):
        mags, phases = [], []
        for a, b in dataset:
            with tf.GradientTape() as tape:
                loss, (mag, ph) = objective(a, b)
            gradient = tape.gradient(loss, masker.trainable_variables)
            optimizer.apply_gradients(zip(gradient, masker.trainable_variables))
            mags.append(mag.numpy())
            phases.append(ph.numpy())
        print(f"epoch {epoch + 1}: magnitude {np.mean(mags):.4f} phase {np.mean(phases):.4f}")


run()
