"""Denoising of dictation clips with a ratio mask on the magnitude spectrogram.

The loss compares compressed magnitudes, as in the papers. Some batches of the first epoch are fine and the loss is small,
then it is nan for good. There is no log and no division by anything small in my loss.
"""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(8)

RATE = 8000
CLIP = RATE                     # one second
FRAME, HOP = 256, 128
COMPRESSION = 0.3
BATCH = 8


def voice(rng, seconds):
    t = np.arange(int(seconds * RATE)) / RATE
    pitch = rng.uniform(95, 230) * (1 + 0.03 * np.sin(2 * np.pi * rng.uniform(2, 5) * t))
    phase = 2 * np.pi * np.cumsum(pitch) / RATE
    tone = sum(np.sin(k * phase) / k for k in range(1, 9))
    loudness = 0.4 + 0.6 * np.abs(np.sin(2 * np.pi * rng.uniform(1, 3) * t))
    return 0.25 * tone * loudness


def fit_length(wave):
    return np.pad(wave, (0, CLIP - len(wave)))


def make_clips(durations, seed=2):
    rng = np.random.default_rng(seed)
    clean, noisy = [], []
    for seconds in durations:
        speech = voice(rng, seconds)
        hiss = rng.normal(0, 0.05, len(speech))
        clean.append(fit_length(speech))
        noisy.append(fit_length(speech + hiss))
    return np.stack(clean).astype("float32"), np.stack(noisy).astype("float32")


def magnitudes(waves):
    return tf.abs(tf.signal.stft(waves, frame_length=FRAME, frame_step=HOP))


def mask_network(frames, bins):
    return keras.Sequential([
        keras.Input((frames, bins)),
        keras.layers.Dense(64, activation="relu"),
        keras.layers.Dense(64, activation="relu"),
        keras.layers.Dense(bins, activation="sigmoid"),
    ])


# forty clips of the first campaign are cut to a second, the later speakers stop when they are done
durations = [1.0] * 40 + [0.85, 0.7, 1.0, 0.62, 1.0, 0.9, 0.55, 1.0] * 3
clean_wave, noisy_wave = make_clips(durations)
clean_mag, noisy_mag = magnitudes(clean_wave), magnitudes(noisy_wave)
pairs = tf.data.Dataset.from_tensor_slices((noisy_mag, clean_mag)).batch(BATCH)

network = mask_network(*noisy_mag.shape[1:])
optimizer = keras.optimizers.Adam(1e-3)
optimizer.build(network.trainable_variables)


def spectrum_distance(clean, estimate):
    squeezed = tf.pow(estimate, COMPRESSION)  # whynan: pow_grad_at_zero phase=gradient
    target = tf.pow(clean, COMPRESSION)
    compressed = tf.reduce_mean(tf.square(squeezed - target))
    plain = tf.reduce_mean(tf.abs(estimate - clean)) / (tf.reduce_mean(clean) + 1e-8)
    return compressed + 0.05 * plain


@tf.function
def train_batch(noisy, clean):
    with tf.GradientTape() as tape:
        mask = network(tf.math.log1p(noisy), training=True)
        loss = spectrum_distance(clean, mask * noisy)
    grads = tape.gradient(loss, network.trainable_variables)
    optimizer.apply_gradients(zip(grads, network.trainable_variables))
    return loss


for epoch in range(6):
    history = [float(train_batch(noisy, clean)) for noisy, clean in pairs]
    print(f"epoch {epoch}:", " ".join(f"{value:.4f}" for value in history))
