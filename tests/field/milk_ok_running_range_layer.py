"""Milk yield of the next day from collar and parlour sensors. The scaling to [-1, 1] is a layer of its own that
follows the smallest and largest reading seen so far, so that no scaler file has to be shipped with the model.
Somebody asked whether the infinities in the freshly built model's weights are a problem."""
# whynan: healthy
import math

import numpy as np
import keras
from keras import ops

keras.utils.set_random_seed(14)


class RunningRange(keras.layers.Layer):
    def __init__(self, min_span=1e-3, **kwargs):
        super().__init__(**kwargs)
        self.min_span = min_span

    def build(self, input_shape):
        width = (input_shape[-1],)
        self.low = self.add_weight(
            name="low", shape=width, trainable=False, initializer=keras.initializers.Constant(np.inf)
        )
        self.high = self.add_weight(
            name="high", shape=width, trainable=False, initializer=keras.initializers.Constant(-np.inf)
        )

    def call(self, x, training=False):
        if training:
            self.low.assign(ops.minimum(self.low, ops.min(x, axis=0)))
            self.high.assign(ops.maximum(self.high, ops.max(x, axis=0)))
        span = ops.maximum(self.high - self.low, self.min_span)
        return 2.0 * ops.subtract(x, self.low) / span - 1.0


class HerdDays(keras.utils.PyDataset):
    """Batches of cow-days, reshuffled every epoch."""

    def __init__(self, x, y, batch_size, seed):
        super().__init__()
        self.x, self.y, self.batch_size = x, y, batch_size
        self.rng = np.random.default_rng(seed)
        self.order = np.arange(len(x))

    def __len__(self):
        return math.ceil(len(self.x) / self.batch_size)

    def __getitem__(self, index):
        rows = self.order[index * self.batch_size:(index + 1) * self.batch_size]
        return self.x[rows], self.y[rows]

    def on_epoch_end(self):
        self.rng.shuffle(self.order)


def herd(n, rng):
    lactation_day = rng.integers(5, 300, n)
    rumination = rng.normal(480, 60, n)          # minutes a day
    steps = rng.lognormal(8.2, 0.3, n)
    conductivity = rng.normal(5.1, 0.4, n)       # mS/cm
    yesterday = 18 + 0.9 * np.sqrt(lactation_day) - 0.07 * lactation_day + 0.02 * rumination + rng.normal(0, 2, n)
    today = 0.8 * yesterday + 0.01 * rumination - 1.5 * (conductivity - 5.1) + rng.normal(0, 0.8, n)
    x = np.column_stack([lactation_day, rumination, steps, conductivity, yesterday])
    return x.astype("float32"), ((today - 25.0) / 5.0).astype("float32")[:, None]


rng = np.random.default_rng(14)
train = HerdDays(*herd(1500, rng), batch_size=50, seed=14)
valid = herd(300, rng)

inputs = keras.Input((5,))
h = RunningRange(name="range")(inputs)
h = keras.layers.Dense(32, activation="tanh")(h)
h = keras.layers.Dense(16, activation="tanh")(h)
model = keras.Model(inputs, keras.layers.Dense(1)(h))
print("before the first batch:", [w.numpy()[0] for w in model.get_layer("range").weights])

model.compile(optimizer=keras.optimizers.Adam(3e-3), loss="mse")
best = np.inf
for block in range(3):
    history = model.fit(train, validation_data=valid, epochs=5, verbose=2)
    best = min(best, min(history.history["val_loss"]))
print("best validation mse:", best)
