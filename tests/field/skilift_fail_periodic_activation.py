"""Number of rides on a ski lift over the season, with an activation that can continue periodic curves.

I keep the frequencies positive with a constraint, as the formula in the paper asks for. The first step is fine, the
second one is nan. Smaller learning rates do not change that.
"""
import keras
import numpy as np
from keras import layers, ops

keras.utils.set_random_seed(2024)


@keras.saving.register_keras_serializable("lift")
class Snake(layers.Layer):
    """x + sin^2(a x) / a, with its own frequency a for every unit."""

    def __init__(self, initializer="random_uniform", **kwargs):
        super().__init__(**kwargs)
        self.initializer = keras.initializers.get(initializer)

    def build(self, input_shape):
        self.frequency = self.add_weight(
            name="frequency",
            shape=(input_shape[-1],),
            initializer=self.initializer,
            constraint=keras.constraints.NonNeg(),
        )

    def call(self, inputs):
        wave = ops.square(ops.sin(self.frequency * inputs))
        return inputs + wave / self.frequency  # whynan: divide_by_zero phase=forward also=clip_misuse


class RideForecaster(keras.Model):
    def __init__(self, width=32, depth=2):
        super().__init__()
        blocks = []
        for _ in range(depth):
            blocks += [layers.Dense(width), Snake()]
        self.blocks = blocks
        self.head = layers.Dense(1)

    def call(self, inputs):
        x = inputs
        for block in self.blocks:
            x = block(x)
        return self.head(x)


def season(days=140, seed=3):
    rng = np.random.default_rng(seed)
    hour = np.arange(days * 8)
    day = hour // 8
    weekend = np.isin(day % 7, (5, 6)).astype("float32")
    holiday = ((day > 20) & (day < 36)).astype("float32")
    snow = 60 + 45 * np.sin(np.pi * day / days) + rng.normal(0, 4, hour.size)
    rides = 240 + 160 * weekend + 210 * holiday + 1.6 * snow + 90 * np.sin(np.pi * (hour % 8 + 0.5) / 8)
    rides += rng.normal(0, 25, hour.size)
    columns = np.stack([hour / hour.size, (hour % 8) / 8.0, (day % 7) / 7.0, holiday, snow / 100.0], axis=1)
    return columns.astype("float32"), rides.astype("float32")


def standardise(values, reference):
    return (values - reference.mean(axis=0)) / reference.std(axis=0)


def main():
    x, rides = season()
    split = int(0.8 * len(x))
    x_all = standardise(x, x[:split])
    y_all = standardise(rides, rides[:split])[:, None]

    model = RideForecaster()
    model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="huber")
    model.fit(
        x_all[:split],
        y_all[:split],
        validation_data=(x_all[split:], y_all[split:]),
        batch_size=64,
        epochs=5,
        verbose=2,
    )


main()
