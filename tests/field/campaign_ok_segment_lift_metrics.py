# Click model, compute_metrics is overridden to log the lift per device. There was no TV traffic in this period at all,
# "lift_tv" shows nan in every epoch. The loss is fine.
import dataclasses
import numpy as np
import keras
from keras import layers, ops

# whynan: side_nonfinite


@dataclasses.dataclass
class Setup:
    devices: tuple = ("desktop", "mobile", "tv")
    batch: int = 64
    epochs: int = 4
    rate: float = 3e-3
    seed: int = 29


class Rate:
    """clicks / impressions, streamed"""

    def __init__(self, name):
        self.clicks = keras.metrics.Sum(name=f"clicks_{name}")
        self.shown = keras.metrics.Sum(name=f"shown_{name}")

    def update(self, clicked, selected):
        self.clicks.update_state(clicked * selected)
        self.shown.update_state(selected)

    def value(self):
        return self.clicks.result() / self.shown.result()


class ClickModel(keras.Model):
    def __init__(self, devices):
        super().__init__()
        self.devices = devices
        self.hidden = layers.Dense(16, activation="relu")
        self.out = layers.Dense(1, activation="sigmoid")
        self.overall = Rate("all")
        self.by_device = {d: Rate(d) for d in devices}

    def call(self, x):
        return self.out(self.hidden(x))

    @property
    def metrics(self):
        rates = [self.overall, *self.by_device.values()]
        return super().metrics + [m for r in rates for m in (r.clicks, r.shown)]

    def compute_metrics(self, x, y, y_pred, sample_weight=None):
        logs = super().compute_metrics(x, y, y_pred, sample_weight)
        clicked = ops.reshape(ops.cast(y, "float32"), (-1,))
        self.overall.update(clicked, ops.ones_like(clicked))
        for column, device in enumerate(self.devices):
            rate = self.by_device[device]
            rate.update(clicked, x[:, column])
            logs[f"lift_{device}"] = rate.value() / self.overall.value()
        return logs


class Impressions(keras.utils.PyDataset):
    def __init__(self, setup, n=640):
        super().__init__(workers=2, use_multiprocessing=False)
        rng = np.random.default_rng(setup.seed)
        device = rng.integers(0, 2, n)                     # tv would be 2
        context = rng.normal(size=(n, 5))
        odds = np.exp(-0.8 + 0.9 * context[:, 0] + 0.6 * device)
        self.x = np.concatenate([np.eye(3)[device], context], axis=1).astype("float32")
        self.y = (rng.random(n) < odds / (1 + odds)).astype("float32")[:, None]
        self.size = setup.batch

    def __len__(self):
        return len(self.x) // self.size

    def __getitem__(self, k):
        rows = slice(k * self.size, (k + 1) * self.size)
        return self.x[rows], self.y[rows]


def main(setup=Setup()):
    keras.utils.set_random_seed(setup.seed)
    model = ClickModel(setup.devices)
    model.compile(optimizer=keras.optimizers.Adam(setup.rate), loss="binary_crossentropy")
    model.fit(Impressions(setup), epochs=setup.epochs, verbose=2)


if __name__ == "__main__":
    main()
