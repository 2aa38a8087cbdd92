"""Time contrastive embedding of a compressor: spectra a few minutes apart shall be close, spectra hours apart far.

The printed loss is a normal number up to the moment when it is nan, usually after two or three steps. Gradient
clipping (below) made no difference.
"""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(55)

SETTINGS = {"bands": 24, "batch": 16, "near": 30, "far": 300, "margin": 1.0, "steps": 200, "rate": 1e-3}


def recording(n_frames, bands, seed=55):
    """One log spectrum per minute; wear and load drift slowly."""
    rng = np.random.default_rng(seed)
    load = np.sin(np.arange(n_frames) / 180.0) + 0.3 * np.sin(np.arange(n_frames) / 37.0)
    wear = np.linspace(0, 2, n_frames)
    tilt = np.linspace(-1, 1, bands)
    frames = load[:, None] * tilt + wear[:, None] * np.cos(3 * tilt) + rng.normal(0, 0.15, (n_frames, bands))
    return frames.astype("float32")


class PairSampler:
    def __init__(self, frames, near, far, seed=0):
        self.frames, self.near, self.far = frames, near, far
        self.rng = np.random.default_rng(seed)

    def draw(self, n):
        last = len(self.frames) - 2 * self.far
        t = self.rng.integers(last, size=n)
        minutes = self.rng.integers(self.near, size=n)
        hours = self.rng.integers(self.far, 2 * self.far, size=n)
        return self.frames[t], self.frames[t + minutes], self.frames[t + hours]


def make_encoder(bands):
    return keras.Sequential(
        [
            keras.Input((bands,)),
            keras.layers.Dense(48, activation="tanh"),
            keras.layers.Dense(8),
        ]
    )


def distance(a, b):
    return tf.norm(a - b, axis=1)  # whynan: norm_grad_at_zero phase=gradient also=sqrt_grad_at_zero


def make_step(encoder, optimizer, margin):
    @tf.function
    def step(anchor, neighbour, stranger):
        with tf.GradientTape() as tape:
            a, n, s = encoder(anchor), encoder(neighbour), encoder(stranger)
            pull = tf.reduce_mean(distance(a, n))
            push = tf.reduce_mean(tf.nn.relu(margin - distance(a, s)))
            loss = pull + push
        gradients = tape.gradient(loss, encoder.trainable_variables)
        gradients, _ = tf.clip_by_global_norm(gradients, 5.0)
        optimizer.apply_gradients(zip(gradients, encoder.trainable_variables))
        return loss

    return step


def main(s):
    sampler = PairSampler(recording(4000, s["bands"]), s["near"], s["far"])
    encoder = make_encoder(s["bands"])
    optimizer = keras.optimizers.Adam(s["rate"])
    optimizer.build(encoder.trainable_variables)
    step = make_step(encoder, optimizer, s["margin"])
    for i in range(s["steps"]):
        anchor, neighbour, stranger = map(tf.constant, sampler.draw(s["batch"]))
        loss = step(anchor, neighbour, stranger)
        if i < 10 or i % 20 == 0:
            print(i, round(float(loss), 4))


main(SETTINGS)
