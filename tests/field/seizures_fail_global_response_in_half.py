"""Seizure detector on 10-second EEG windows with ConvNeXt-V2 style blocks, mixed precision for speed.

In float32 it learns. As soon as the policy is switched on, loss is nan in every batch and the weights never move. There is
no exponential and no logarithm in the network, and the amplitudes are modest microvolts.
"""
import numpy as np
import keras
from keras import layers, ops

CHANNELS, SAMPLES = 8, 2560


class GlobalResponseNorm(layers.Layer):
    """Lets the channels of one recording compete: every channel is scaled by its share of the energy."""

    def __init__(self, epsilon=1e-6, **kwargs):
        super().__init__(**kwargs)
        self.epsilon = epsilon

    def build(self, input_shape):
        width = input_shape[-1]
        self.gamma = self.add_weight(shape=(width,), initializer="zeros", name="gamma")
        self.beta = self.add_weight(shape=(width,), initializer="zeros", name="beta")

    def call(self, x):
        energy = ops.sqrt(ops.sum(ops.square(x), axis=1, keepdims=True))  # whynan: float16_overflow phase=forward also=unscaled_input
        share = energy / (ops.mean(energy, axis=-1, keepdims=True) + self.epsilon)
        return self.gamma * (x * share) + self.beta + x


def windows(n, rng):
    t = np.arange(SAMPLES) / 256.0
    seizure = (rng.random(n) < 0.4).astype("float32")
    signal = rng.normal(0.0, 40.0, size=(n, SAMPLES, CHANNELS))
    wave = 35.0 * np.sign(np.sin(2 * np.pi * 3.0 * t))[None, :, None]
    signal += seizure[:, None, None] * wave * rng.uniform(0.5, 1.2, size=(n, 1, CHANNELS))
    return signal.astype("float32"), seizure[:, None]


def build():
    eeg = keras.Input(shape=(SAMPLES, CHANNELS), name="microvolt")
    x = layers.Conv1D(16, 7, strides=2, padding="same", activation="relu", name="stem")(eeg)
    y = layers.Dense(32, activation="relu", name="expand")(x)
    y = GlobalResponseNorm(name="response")(y)
    y = layers.Dense(16, name="project")(y)
    x = layers.Add()([x, y])
    x = layers.GlobalAveragePooling1D()(x)
    logit = layers.Dense(1, dtype="float32", name="logit")(x)
    return keras.Model(eeg, logit)


def main(policy="mixed_float16"):
    keras.utils.set_random_seed(9)
    keras.mixed_precision.set_global_policy(policy)
    x, y = windows(32, np.random.default_rng(9))
    model = build()
    model.compile(
        optimizer=keras.optimizers.AdamW(1e-3, weight_decay=1e-4),
        loss=keras.losses.BinaryCrossentropy(from_logits=True),
        jit_compile=False,
    )
    model.fit(x, y, batch_size=8, epochs=2, verbose=2)


main()
