"""Tuning of xylophone bars: how many cents off is a bar after milling?

A network trained on the bars of the old workshop is fine-tuned on the few
hundred bars which the new workshop has measured so far.
"""
import os
import tempfile

import numpy as np
import keras
from keras import layers
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(12)


def measure_bars(n, seed, offset):
    r = np.random.default_rng(seed)
    length_mm = r.uniform(120, 380, n)
    width_mm = r.normal(38, 1.5, n)
    thickness_um = r.normal(19_000 + offset, 700, n)
    density = r.normal(860, 45, n)           # kg / m3
    humidity = r.uniform(6, 12, n)           # percent
    cents = (
        0.004 * (thickness_um - 19_000)
        - 0.05 * (density - 860)
        + 0.8 * (humidity - 9)
        + 0.02 * (length_mm - 250)
        + r.normal(0, 0.8, n)
    )
    x = np.column_stack([length_mm, width_mm, thickness_um, density, humidity])
    return x.astype("float32"), (cents / 5.0).astype("float32")


def build_net():
    return keras.Sequential([
        keras.Input((5,)),
        layers.Dense(32, activation="leaky_relu", name="shared_1"),
        layers.Dense(32, activation="leaky_relu", name="shared_2"),
        layers.Dense(1, name="cents"),
    ])


def pretrain(path):
    x, y = measure_bars(1500, seed=1, offset=0)
    x = StandardScaler().fit_transform(x).astype("float32")
    net = build_net()
    net.compile(optimizer=keras.optimizers.Adam(2e-3), loss="mse", metrics=["mae"])
    log = net.fit(x, y, epochs=8, batch_size=50, verbose=0)
    print("old workshop: mae %.3f" % log.history["mae"][-1])
    net.save_weights(path)


def finetune(path):
    x, y = measure_bars(640, seed=2, offset=350)
    net = build_net()
    net.load_weights(path)
    net.compile(
        optimizer=keras.optimizers.SGD(1e-3, momentum=0.9),
        loss="mse",
        metrics=["mae"],
        steps_per_execution=8,
        jit_compile=True,
    )
    log = net.fit(x, y, epochs=4, batch_size=40, verbose=2)  # whynan: unscaled_input phase=forward|loss|gradient
    return net, log


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as tmp:
        weights = os.path.join(tmp, "old_workshop.weights.h5")
        pretrain(weights)
        net, log = finetune(weights)
    print("new workshop: mae by epoch", np.round(log.history["mae"], 3))
