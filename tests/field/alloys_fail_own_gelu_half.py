"""Carbon content of alloys from a 32-channel X-ray spectrum, trained in half precision with our own loop.

The first printed loss is large but a number, the second is nan and it stays nan. In float32 the very same file trains, and in
half precision with relu in place of our gelu it trains too. We don't see any inf in what the layers return.
"""
import math

import numpy as np
import tensorflow as tf
import keras
from keras import layers, ops

keras.utils.set_random_seed(64)
keras.config.set_dtype_policy("mixed_float16")

CHANNELS = 32


def gelu(x):
    """The tanh form, as in the original transformer code."""
    inner = math.sqrt(2.0 / math.pi) * (x + 0.044715 * ops.power(x, 3))  # whynan: float16_overflow phase=forward|gradient also=unscaled_input
    return 0.5 * x * (1.0 + ops.tanh(inner))


def measure(count, rng):
    """Photon counts per channel over a smooth background, with one line that follows the carbon content."""
    carbon = rng.uniform(0.05, 1.2, count)
    axis = np.linspace(0, 1, CHANNELS)
    background = 900.0 * np.exp(-2.0 * axis)[None, :] * rng.uniform(0.8, 1.2, (count, 1))
    line = 1500.0 * carbon[:, None] * np.exp(-0.5 * ((axis - 0.35) / 0.04) ** 2)[None, :]
    iron = 1200.0 * np.exp(-0.5 * ((axis - 0.75) / 0.05) ** 2)[None, :]
    counts = rng.poisson(background + line + iron)
    return counts.astype("float32"), carbon[:, None].astype("float32")


def build_model():
    return keras.Sequential([
        keras.Input((CHANNELS,)),
        layers.Dense(64, activation=gelu, name="lines"),
        layers.Dense(32, activation=gelu, name="ratios"),
        layers.Dense(1, dtype="float32", name="carbon"),
    ])


class Trainer:
    def __init__(self, model, learning_rate):
        self.model = model
        self.optimizer = keras.optimizers.Adam(learning_rate)
        self.optimizer.build(model.trainable_variables)
        self.loss_fn = keras.losses.Huber(delta=0.5)

    @tf.function
    def step(self, counts, carbon):
        with tf.GradientTape() as tape:
            guess = self.model(counts, training=True)
            loss = self.loss_fn(carbon, guess)
        variables = self.model.trainable_variables
        gradients = tape.gradient(loss, variables)
        gradients = [tf.clip_by_norm(g, 1.0) for g in gradients]
        self.optimizer.apply_gradients(zip(gradients, variables))
        return loss

    def fit(self, dataset, epochs):
        for epoch in range(epochs):
            for i, (counts, carbon) in enumerate(dataset):
                loss = self.step(counts, carbon)
                if i % 4 == 0:
                    print(f"epoch {epoch} batch {i:2d}: {float(loss):.4f}")


def main():
    counts, carbon = measure(512, np.random.default_rng(64))
    print("counts between", counts.min(), "and", counts.max(), "(half goes to 65504)")
    dataset = tf.data.Dataset.from_tensor_slices((counts, carbon)).shuffle(512, seed=3).batch(32)
    Trainer(build_model(), learning_rate=1e-3).fit(dataset, epochs=2)


if __name__ == "__main__":
    main()
