"""Ripeness and crop from the block records of an estate.

Sugar and acidity trained nicely as a two-headed network. Since the picked weight became the third head the
loss is nan before the first epoch is over, for all three heads.
"""
import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(31)

SCALES = {"sugar": 25.0, "acidity": 10.0}
HEADS = ("sugar", "acidity", "picked")


def block_records(n=960):
    rng = np.random.default_rng(8)
    area = rng.gamma(4.0, 0.7, n) + 0.3
    age = rng.uniform(4, 45, n)
    slope = rng.uniform(0, 22, n)
    stony = rng.beta(2, 5, n)
    rain = rng.normal(520, 90, n)
    warmth = rng.normal(1480, 120, n)
    frost_days = rng.poisson(3, n).astype(float)
    vigour = 1.0 - 0.4 * stony + 0.001 * (rain - 520) - 0.03 * frost_days
    targets = {
        "sugar": 21.5 + 0.009 * (warmth - 1480) + 1.4 * stony + rng.normal(0, 0.6, n),
        "acidity": 6.4 - 0.003 * (warmth - 1480) + 0.05 * slope + rng.normal(0, 0.3, n),
        "picked": np.maximum(area * 7200.0 * vigour * (1 - 0.006 * age) + rng.normal(0, 900, n), 150.0),
    }
    soil = np.stack([area, age, slope, stony], axis=1)
    weather = np.stack([rain, warmth, frost_days], axis=1)
    return {"soil": soil, "weather": weather}, targets


class BlockSequence(keras.utils.PyDataset):
    """Serves the blocks of the given row numbers, a batch at a time."""

    def __init__(self, features, targets, rows, batch_size=32, **kwargs):
        super().__init__(**kwargs)
        self.features, self.targets = features, targets
        self.rows, self.batch_size = list(rows), batch_size
        self.moments = {k: (v[self.rows].mean(axis=0), v[self.rows].std(axis=0)) for k, v in features.items()}

    def __len__(self):
        return int(np.ceil(len(self.rows) / self.batch_size))

    def _standard(self, name, idx):
        mean, std = self.moments[name]
        return ((self.features[name][idx] - mean) / std).astype("float32")

    def _target(self, name, idx):
        return (self.targets[name][idx] / SCALES.get(name, 1.0)).astype("float32")[:, None]

    def __getitem__(self, i):
        idx = self.rows[i * self.batch_size:(i + 1) * self.batch_size]
        return {k: self._standard(k, idx) for k in self.features}, {k: self._target(k, idx) for k in self.targets}


class HarvestTrainer:
    learning_rate = 0.01
    momentum = 0.9
    width = 48

    def build(self):
        soil = keras.Input((4,), name="soil")
        weather = keras.Input((3,), name="weather")
        h = layers.Concatenate()([soil, weather])
        for _ in range(2):
            h = layers.Dense(self.width, activation="leaky_relu")(h)
        model = keras.Model({"soil": soil, "weather": weather},
                            {name: layers.Dense(1, name=name)(h) for name in HEADS})
        model.compile(optimizer=keras.optimizers.SGD(self.learning_rate, momentum=self.momentum),
                      loss={name: "mse" for name in HEADS},
                      loss_weights={"sugar": 1.0, "acidity": 1.0, "picked": 0.5})
        return model

    def run(self, features, targets, epochs=4):
        order = np.random.default_rng(1).permutation(len(targets["sugar"]))
        train = BlockSequence(features, targets, order[:800])
        model = self.build()
        history = model.fit(train, epochs=epochs, verbose=2)  # whynan: unscaled_target phase=gradient|update|loss|forward also=exploding_gradient,learning_rate_too_high
        return model, history


if __name__ == "__main__":
    x, y = block_records()
    model, history = HarvestTrainer().run(x, y)
    print({name: round(values[-1], 4) for name, values in history.history.items()})
