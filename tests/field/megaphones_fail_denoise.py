"""Mask-based speech enhancement for megaphone recordings (demonstrations, football grounds).

Small convolutional mask estimator on STFT magnitudes. The loss works on power-law compressed
magnitudes, as nearly everybody does since the DNS challenge, exponent 0.3.
"""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(300)

RATE = 4000
LENGTH = RATE            # one second, shorter clips are filled up behind
WINDOW, HOP = 128, 64
COMPRESSION = 0.3


def voice(rng, samples):
    t = np.arange(samples) / RATE
    pitch = rng.uniform(95, 230) * (1 + 0.03 * np.sin(2 * np.pi * rng.uniform(3, 6) * t))
    phase = 2 * np.pi * np.cumsum(pitch) / RATE
    wave = sum(np.sin(k * phase + rng.uniform(0, 6)) / k for k in range(1, 8))
    envelope = 0.5 + 0.5 * np.abs(np.sin(np.pi * rng.uniform(2, 4) * t))
    return 0.2 * wave * envelope


def clip(rng):
    samples = int(rng.uniform(0.55, 1.0) * LENGTH)
    speech = voice(rng, samples)
    crowd = np.convolve(rng.normal(0, 1, samples), np.ones(4) / 4, mode="same")
    mixture = speech + rng.uniform(0.05, 0.3) * crowd
    pad = (0, LENGTH - samples)
    return np.pad(mixture, pad), np.pad(speech, pad)


def magnitudes(waves):
    spec = tf.signal.stft(tf.constant(waves, tf.float32), WINDOW, HOP)
    return tf.abs(spec).numpy()


def compressed_mse(clean, estimate):
    gap = estimate ** COMPRESSION - clean ** COMPRESSION  # whynan: pow_grad_at_zero phase=gradient
    return tf.reduce_mean(tf.square(gap), axis=-1)


def mask_net(frames, bins, filters=32):
    mag = keras.Input((frames, bins))
    h = layers.Lambda(lambda m: tf.math.log1p(10.0 * m))(mag)
    h = layers.Conv1D(filters, 5, padding="same", activation="swish")(h)
    h = layers.Conv1D(filters, 5, padding="same", dilation_rate=2, activation="swish")(h)
    mask = layers.Dense(bins, activation="sigmoid", name="mask")(h)
    return keras.Model(mag, layers.Multiply()([mask, mag]))


def main():
    rng = np.random.default_rng(11)
    pairs = [clip(rng) for _ in range(320)]
    noisy = magnitudes(np.stack([p[0] for p in pairs]))
    clean = magnitudes(np.stack([p[1] for p in pairs]))
    print("spectrograms", noisy.shape, "loudest bin", noisy.max())

    net = mask_net(*noisy.shape[1:])
    net.compile(optimizer=keras.optimizers.Adam(1e-3), loss=compressed_mse)
    net.fit(noisy[:256], clean[:256], batch_size=32, epochs=4,
            validation_data=(noisy[256:], clean[256:]), verbose=2)


if __name__ == "__main__":
    main()
