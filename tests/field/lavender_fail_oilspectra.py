# linalool share of lavender oil from short NIR scans, 1-d residual CNN
import os
from functools import partial

import numpy as np
import keras
from keras import layers, initializers

DEPTH = int(os.environ.get("LAV_DEPTH", 28))
WIDTH = int(os.environ.get("LAV_WIDTH", 40))
INIT = os.environ.get("LAV_INIT", "normal")

INITS = {
    "uniform": partial(initializers.RandomUniform, -0.05, 0.05),
    "normal": partial(initializers.RandomNormal, 0.0, 1.0),
    "glorot": initializers.GlorotUniform,
    "he": initializers.HeNormal,
}


def new_init():
    return INITS[INIT]()


def conv(filters, size):
    return layers.Conv1D(filters, size, padding="same", activation="relu", kernel_initializer=new_init())


class SpectraNet:
    def __init__(self, points):
        self.points = points
        self.blocks = DEPTH

    def build(self):
        inp = keras.Input((self.points, 1))
        x = conv(WIDTH, 7)(inp)
        for _ in range(self.blocks):
            x = layers.add([x, conv(WIDTH, 3)(x)])
        x = layers.GlobalAveragePooling1D()(x)
        out = layers.Dense(1, kernel_initializer=new_init())(x)
        net = keras.Model(inp, out)
        net.compile(optimizer=keras.optimizers.SGD(1e-3, momentum=0.9, nesterov=True), loss="mse")
        return net


def snv(s):
    return (s - s.mean(axis=1, keepdims=True)) / s.std(axis=1, keepdims=True)


def scans(n, points, rng):
    nm = np.linspace(0, 1, points)
    linalool = rng.uniform(0.2, 0.5, n)
    acetate = rng.uniform(0.2, 0.55, n)
    camphor = rng.uniform(0.0, 0.1, n)

    def band(centre, width):
        return np.exp(-0.5 * ((nm - centre) / width) ** 2)

    s = (
        linalool[:, None] * (band(0.22, 0.03) + 0.4 * band(0.61, 0.05))
        + acetate[:, None] * (band(0.35, 0.04) + 0.6 * band(0.7, 0.03))
        + camphor[:, None] * band(0.85, 0.02)
        + rng.uniform(0.1, 0.4, (n, 1)) * (1 - nm)
        + rng.normal(0, 0.004, (n, points))
    )
    return snv(s)[..., None].astype("float32"), ((linalool - 0.35) / 0.087).astype("float32")[:, None]


keras.utils.set_random_seed(7)
rng = np.random.default_rng(7)
S, y = scans(320, 96, rng)
S_test, y_test = S[256:], y[256:]
S, y = S[:256], y[:256]

net = SpectraNet(S.shape[1]).build()
batch = 32
for epoch in range(3):
    order = rng.permutation(len(S))
    running = []
    for start in range(0, len(S), batch):
        rows = order[start : start + batch]
        running.append(float(net.train_on_batch(S[rows], y[rows])))  # whynan: bad_initialization phase=loss also=exploding_gradient
    print("epoch", epoch, "train", np.mean(running), "test", net.evaluate(S_test, y_test, verbose=0))
