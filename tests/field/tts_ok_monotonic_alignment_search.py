"""Small Glow-TTS style aligner for our in-house speech corpus.

The loss goes below zero after a while and keeps falling, numpy prints "divide by zero encountered in log" on every
step and the alignment table is full of -inf.  Is something wrong?
"""
import math

import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(4)
# whynan: healthy

PHONES, MEL = 14, 6
BATCH, STEPS = 8, 150


def make_corpus(count, rng):
    voices = rng.normal(0.0, 1.0, (PHONES, MEL))
    max_tokens, max_frames = 8, 48
    ids = np.zeros((count, max_tokens), "int32")
    frames = np.zeros((count, max_frames, MEL), "float32")
    n_tokens, n_frames = np.zeros(count, int), np.zeros(count, int)
    for i in range(count):
        n = rng.integers(4, max_tokens + 1)
        phones = rng.integers(1, PHONES, n)
        spans = rng.integers(2, 7, n)
        signal = np.repeat(voices[phones], spans, axis=0)
        signal = signal + rng.normal(0.0, 0.1, signal.shape)
        ids[i, :n] = phones
        frames[i, :len(signal)] = signal
        n_tokens[i], n_frames[i] = n, len(signal)
    return ids, frames, n_tokens, n_frames


class TextEncoder(keras.Model):
    def __init__(self):
        super().__init__()
        self.embed = keras.layers.Embedding(PHONES, 32)
        self.conv = keras.layers.Conv1D(48, 3, padding="same", activation="relu")
        self.mean = keras.layers.Dense(MEL)
        self.spread = keras.layers.Dense(MEL)
        self.span = keras.layers.Dense(1)

    def call(self, ids):
        h = self.conv(self.embed(ids))
        log_sigma = 3.0 * tf.tanh(self.spread(h))
        return self.mean(h), log_sigma, self.span(tf.stop_gradient(h))[..., 0]


def pairwise_loglik(mean, log_sigma, frames):
    z = (frames[:, None] - mean[:, :, None]) * tf.exp(-log_sigma)[:, :, None]
    const = math.log(2.0 * math.pi) + 2.0 * log_sigma[:, :, None]
    return -0.5 * tf.reduce_sum(const + z * z, axis=-1)


def best_path(loglik, n_tokens, n_frames):
    """Viterbi over monotonic alignments: each frame stays on its phone or moves on by one."""
    path = np.zeros_like(loglik)
    for b in range(len(loglik)):
        n, t = n_tokens[b], n_frames[b]
        q = np.full((n, t), -np.inf)
        q[0, 0] = loglik[b, 0, 0]
        for j in range(1, t):
            moved = np.concatenate([[-np.inf], q[:-1, j - 1]])
            q[:, j] = np.maximum(q[:, j - 1], moved) + loglik[b, :n, j]
        i = n - 1
        for j in range(t - 1, -1, -1):
            path[b, i, j] = 1.0
            if i > 0 and (i == j or q[i - 1, j - 1] > q[i, j - 1]):
                i -= 1
    return path


def main():
    rng = np.random.default_rng(4)
    ids, frames, n_tokens, n_frames = make_corpus(160, rng)
    model = TextEncoder()
    optimizer = keras.optimizers.Adam(5e-3)
    for step in range(STEPS):
        pick = rng.choice(len(ids), BATCH, replace=False)
        with tf.GradientTape() as tape:
            mean, log_sigma, span = model(ids[pick])
            loglik = pairwise_loglik(mean, log_sigma, tf.constant(frames[pick]))
            path = best_path(loglik.numpy(), n_tokens[pick], n_frames[pick])
            nll = -tf.reduce_sum(path * loglik) / float(n_frames[pick].sum() * MEL)
            durations = path.sum(axis=-1)
            log_durations = np.log(durations)
            target = np.where(durations > 0, log_durations, 0.0).astype("float32")
            real = (ids[pick] > 0).astype("float32")
            span_loss = tf.reduce_sum(real * tf.square(span - target)) / real.sum()
            loss = nll + 0.1 * span_loss
        grads = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(grads, model.trainable_variables))
        if step % 15 == 0:
            print(f"step {step:4d}  loss {float(loss):8.3f}  nll {float(nll):8.3f}  span {float(span_loss):7.3f}")


if __name__ == "__main__":
    main()
