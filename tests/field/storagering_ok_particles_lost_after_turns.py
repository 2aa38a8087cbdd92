"""Learns the one-turn map of a small electron storage ring from the beam position monitors.

fit() goes down nicely to the noise of the monitors. My callback, which sends a fan of particles round the learnt ring
to draw the aperture, prints nan for the largest amplitude after some epochs. Which of my layers produces it?
"""
import math

import keras
import numpy as np
from keras import ops

keras.utils.set_random_seed(6)

TUNE = 0.21
MONITOR_NOISE = 2e-3


def true_turn(state):
    x, slope = state[:, 0], state[:, 1] + state[:, 0] ** 2            # thin sextupole, then the arc
    c, s = math.cos(2 * math.pi * TUNE), math.sin(2 * math.pi * TUNE)
    return np.stack([c * x + s * slope, -s * x + c * slope], axis=1)


class MonitorTurns(keras.utils.PyDataset):
    """Pairs (state before, state after) of single turns."""

    def __init__(self, turns, batch_size=60, seed=0, **kwargs):
        super().__init__(**kwargs)
        rng = np.random.default_rng(seed)
        before = rng.uniform(-0.4, 0.4, (turns, 2))
        after = true_turn(before) + rng.normal(0, MONITOR_NOISE, (turns, 2))
        self.before, self.after = before.astype("float32"), after.astype("float32")
        self.batch_size = batch_size

    def __len__(self):
        return math.ceil(len(self.before) / self.batch_size)

    def __getitem__(self, index):
        part = slice(index * self.batch_size, (index + 1) * self.batch_size)
        return self.before[part], self.after[part]


class SecondOrder(keras.layers.Layer):
    def call(self, state):
        x, slope = state[:, :1], state[:, 1:]
        return ops.concatenate([x, slope, x * x, x * slope, slope * slope], axis=-1)


class Aperture(keras.callbacks.Callback):
    def __init__(self, turns=60, widest=2.4, particles=24):
        super().__init__()
        self.turns = turns
        self.start = np.stack([np.linspace(0.1, widest, particles), np.zeros(particles)], axis=1).astype("float32")

    def on_epoch_end(self, epoch, logs=None):
        state = self.start
        for _ in range(self.turns):
            state = self.model(state, training=False)
        x = ops.convert_to_numpy(state)[:, 0]
        kept = self.start[np.abs(x) < 3.0, 0]
        edge = kept.max() if len(kept) else 0.0
        print(f"epoch {epoch}: mse {logs['loss']:.2e}  aperture {edge:.2f}  largest amplitude {np.abs(x).max()}")


def one_turn_map():
    model = keras.Sequential([keras.Input((2,)), SecondOrder(), keras.layers.Dense(2, use_bias=False)])
    model.compile(optimizer=keras.optimizers.Adam(0.02), loss="mse")
    return model


ring = one_turn_map()
ring.fit(MonitorTurns(2400), epochs=12, verbose=0, callbacks=[Aperture()])
print(np.round(ring.get_weights()[0], 3))
# whynan: side_nonfinite
