"""Tiny neural vocoder, magnitude + phase loss in compute_loss. Utterances are zero padded."""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(17)

FRAMES, HOP, MELS = 16, 64, 20
STFT = dict(frame_length=128, frame_step=64, fft_length=128)


def spectrum(wave):
    return tf.signal.stft(wave, **STFT)


def magnitude_loss(target, estimate):
    d = target - estimate
    return tf.reduce_mean(tf.abs(tf.math.real(d)) + tf.abs(tf.math.imag(d)))


def phase_loss(target, estimate):
    """Anti-wrapping: 1 - cos of the difference of the two phases."""
    reference = tf.math.angle(target)
    predicted = tf.math.angle(estimate)  # whynan: atan2_grad_at_origin phase=gradient
    return tf.reduce_mean(1.0 - tf.cos(predicted - reference))


class Vocoder(keras.Model):
    def __init__(self, phase_weight=0.1):
        super().__init__()
        self.phase_weight = phase_weight
        self.body = keras.layers.Dense(64, activation="tanh")
        self.to_samples = keras.layers.Dense(HOP)

    def call(self, inputs, training=False):
        frames = self.to_samples(self.body(inputs["mel"]))
        frames = frames * inputs["frame_valid"][..., None]  # nothing after the end of the utterance
        return tf.reshape(frames, (-1, FRAMES * HOP))

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        target, estimate = spectrum(y), spectrum(y_pred)
        return magnitude_loss(target, estimate) + self.phase_weight * phase_loss(target, estimate)


def corpus(n=64):
    rng = np.random.default_rng(17)
    lengths = rng.integers(6, 11, n)
    valid = (np.arange(FRAMES)[None] < lengths[:, None]).astype("float32")
    mel = rng.normal(size=(n, FRAMES, MELS)).astype("float32") * valid[..., None]
    t = np.arange(FRAMES * HOP) / 8000.0
    pitch = rng.uniform(100, 400, (n, 1))
    wave = np.sin(2 * np.pi * pitch * t + 0.3).astype("float32") * np.repeat(valid, HOP, axis=1)
    return {"mel": mel, "frame_valid": valid}, wave


def main():
    x, wave = corpus()
    ds = tf.data.Dataset.from_tensor_slices((x, wave)).shuffle(64, seed=1).batch(8).prefetch(1)
    model = Vocoder()
    model.compile(optimizer=keras.optimizers.Adam(2e-3))
    model.fit(ds, epochs=3, verbose=2)


if __name__ == "__main__":
    main()
