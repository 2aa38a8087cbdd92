"""Fault type of pneumatic actuators from one stroke on the test bench (supply, chamber pressure, position; 80 samples).

I replaced BatchNormalization, because the benches differ, by a layer of my own that normalises each recording in time.
Loss: nan at once. All recordings are finite, none of the three signals is constant, and the variance is kept from
becoming negative.
"""
import keras
import numpy as np
import tensorflow as tf
from keras import layers

FAULTS = {"none": 0, "leak": 1, "stick": 2, "spring": 3}
SAMPLES = 80


class TraceNorm(layers.Layer):
    """Every channel of every recording to mean 0 and spread 1, then a learned scale and shift."""

    def build(self, shape):
        self.scale = self.add_weight(name="scale", shape=(shape[-1],), initializer="ones")
        self.shift = self.add_weight(name="shift", shape=(shape[-1],), initializer="zeros")

    def standardise(self, traces):
        mean, variance = tf.nn.moments(traces, axes=[1], keepdims=True)
        spread = tf.sqrt(tf.maximum(variance, 0.0))
        return (traces - mean) / spread  # whynan: zero_variance_normalisation phase=forward also=divide_by_zero

    def call(self, traces):
        return self.standardise(traces) * self.scale + self.shift


def stroke(rng, fault):
    t = np.linspace(0.0, 1.0, SAMPLES)
    start, speed = rng.uniform(0.1, 0.25), rng.uniform(7.0, 12.0)
    top = 5.6
    if fault == "leak":
        top -= rng.uniform(0.5, 1.2)
    if fault == "stick":
        start += rng.uniform(0.12, 0.3)
    if fault == "spring":
        speed *= rng.uniform(0.35, 0.6)
    rise = 1.0 / (1.0 + np.exp(-speed * (t - start - 0.2)))
    supply = 6.0 - 0.3 * np.exp(-((t - start) ** 2) / 0.01) + rng.normal(0, 0.02, SAMPLES)
    chamber = 1.0 + (top - 1.0) * rise + rng.normal(0, 0.03, SAMPLES)
    position = np.clip(1.15 * rise - 0.08, 0.0, 1.0) + rng.normal(0, 0.005, SAMPLES)
    return np.stack([supply, chamber, position], axis=1)


def bench(batch_size, seed):
    rng = np.random.default_rng(seed)
    names = list(FAULTS)
    while True:
        chosen = rng.choice(names, size=batch_size)
        x = np.stack([stroke(rng, fault) for fault in chosen]).astype("float32")
        assert np.isfinite(x).all() and x.std(axis=1).min() > 0.0
        yield x, np.array([FAULTS[fault] for fault in chosen], "int32")


def classifier():
    return keras.Sequential(
        [
            keras.Input((SAMPLES, 3)),
            layers.Conv1D(16, 5, activation="relu"),
            TraceNorm(),
            layers.Conv1D(24, 5, strides=2, activation="swish"),
            layers.GlobalAveragePooling1D(),
            layers.Dense(len(FAULTS)),
        ]
    )


def run(steps=60):
    keras.utils.set_random_seed(50)
    model = classifier()
    model.compile(
        optimizer=keras.optimizers.Adam(1e-3),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    for number, (x, y) in zip(range(steps), bench(32, seed=50)):
        logs = model.train_on_batch(x, y, return_dict=True)
        if number % 10 == 0:
            print(f"step {number:3d}  loss {logs['loss']:.4f}  accuracy {logs['accuracy']:.3f}")


if __name__ == "__main__":
    run()
