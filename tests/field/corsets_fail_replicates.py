"""Stiffness of corset panels (three pulls on the tensile tester per panel)."""
import math

import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(1890)


def simulate_panels(n, seed):
    r = np.random.default_rng(seed)
    layers_of_coutil = r.integers(1, 4, n)
    bones = r.integers(0, 13, n)
    spacing = r.uniform(8, 30, n)
    steel = r.integers(0, 2, n)
    angle = r.uniform(0, 45, n)
    force = 18 + 9 * layers_of_coutil + bones * (1.2 + 1.4 * steel) - 0.25 * spacing - 0.1 * angle
    pulls = force[:, None] + r.normal(0, 1.5, (n, 3))
    X = np.column_stack([layers_of_coutil, bones, spacing, steel, angle]).astype("float32")
    return X, np.rint(pulls).astype("int32")   # tester shows whole newtons


class PanelBatches(keras.utils.PyDataset):
    """Batches of (features, mean pull, weight) with precise panels counting more."""

    def __init__(self, X, pulls, batch_size=64, **kw):
        super().__init__(**kw)
        self.X, self.pulls = X, pulls
        self.batch_size = batch_size
        self.center, self.scale = X.mean(axis=0), X.std(axis=0)
        self.y_center, self.y_scale = pulls.mean(), pulls.mean(axis=1).std()
        self.rng = np.random.default_rng(3)
        self.order = np.arange(len(X))

    def __len__(self):
        return math.ceil(len(self.X) / self.batch_size)

    def __getitem__(self, k):
        rows = self.order[k * self.batch_size:(k + 1) * self.batch_size]
        x = (self.X[rows] - self.center) / self.scale
        reps = self.pulls[rows]
        y = (reps.mean(axis=1) - self.y_center) / self.y_scale
        w = 1.0 / reps.std(axis=1) ** 2  # whynan: divide_by_zero phase=data
        return x, y.astype("float32"), w.astype("float32")

    def on_epoch_end(self):
        self.rng.shuffle(self.order)


X, pulls = simulate_panels(1200, seed=5)
batches = PanelBatches(X, pulls, workers=1)

model = keras.Sequential([
    layers.Input((5,)),
    layers.Dense(32, activation="swish"),
    layers.Dense(32, activation="swish"),
    layers.Dense(1),
], name="stiffness")
model.compile(
    optimizer=keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(3e-3, 10 * len(batches))),
    loss=keras.losses.MeanSquaredError(),
)
model.fit(batches, epochs=10, verbose=2)

Xn, pn = simulate_panels(200, seed=77)
pred = model.predict((Xn - batches.center) / batches.scale, verbose=0)[:, 0] * batches.y_scale + batches.y_center
print("rmse on new panels [N]:", np.sqrt(np.mean((pred - pn.mean(axis=1)) ** 2)))
