"""Tensile strength of weld seams from twenty process readings.

A residual network of 24 blocks. I read that very deep networks should start as the identity, so that the signal arrives
unchanged at the other end, and set the initializer accordingly. The trunk has its own careful SGD, the small head uses
Adam. The first loss is already enormous, the second one is nan. Four blocks train without trouble.
"""
import keras
import numpy as np
import tensorflow as tf

CONFIG = dict(units=32, blocks=24, trunk_rate=1e-3, head_rate=1e-3, batch=64, epochs=6, seed=33)


class SeamBlock(keras.layers.Layer):
    """Pre-activation residual block."""

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.mix = keras.layers.Dense(units, kernel_initializer=keras.initializers.Identity())

    def call(self, x):
        return x + self.mix(keras.activations.relu(x))  # whynan: bad_initialization phase=forward also=exploding_gradient


class Trunk(keras.Model):
    def __init__(self, units, blocks, **kwargs):
        super().__init__(**kwargs)
        self.embed = keras.layers.Dense(units)
        self.blocks = [SeamBlock(units, name=f"block_{i}") for i in range(blocks)]

    def call(self, readings):
        x = self.embed(readings)
        for block in self.blocks:
            x = block(x)
        return x


def weld_log(n, seed):
    rng = np.random.default_rng(seed)
    readings = rng.normal(size=(n, 20)).astype("float32")  # current, voltage, wire feed, gas ... all standardised
    strength = (
        0.8 * readings[:, 0]
        - 0.5 * readings[:, 1] * readings[:, 2]
        + 0.3 * np.maximum(readings[:, 3], 0.0)
        + rng.normal(0.0, 0.1, n)
    )
    strength = (strength - strength.mean()) / strength.std()
    return readings, strength.astype("float32")[:, None]


class Trainer:
    def __init__(self, config):
        self.trunk = Trunk(config["units"], config["blocks"])
        self.head = keras.Sequential([keras.Input((config["units"],)), keras.layers.Dense(1)])
        self.trunk(tf.zeros((1, 20)))
        self.trunk_optimizer = keras.optimizers.SGD(config["trunk_rate"])
        self.head_optimizer = keras.optimizers.Adam(config["head_rate"])
        self.trunk_optimizer.build(self.trunk.trainable_variables)
        self.head_optimizer.build(self.head.trainable_variables)
        self.mse = keras.losses.MeanSquaredError()

    @tf.function
    def step(self, readings, strength):
        trunk_vars = self.trunk.trainable_variables
        head_vars = self.head.trainable_variables
        with tf.GradientTape() as tape:
            features = self.trunk(readings)
            loss = self.mse(strength, self.head(features))
        gradients = tape.gradient(loss, trunk_vars + head_vars)
        split = len(trunk_vars)
        self.trunk_optimizer.apply_gradients(zip(gradients[:split], trunk_vars))
        self.head_optimizer.apply_gradients(zip(gradients[split:], head_vars))
        return loss


def main():
    keras.utils.set_random_seed(CONFIG["seed"])
    readings, strength = weld_log(640, CONFIG["seed"])
    seams = (
        tf.data.Dataset.from_tensor_slices((readings, strength))
        .shuffle(640, seed=CONFIG["seed"])
        .batch(CONFIG["batch"])
    )
    trainer = Trainer(CONFIG)
    for epoch in range(CONFIG["epochs"]):
        losses = [float(trainer.step(x, y)) for x, y in seams]
        print(f"epoch {epoch}: first {losses[0]:.4g}, last {losses[-1]:.4g}")


if __name__ == "__main__":
    main()
