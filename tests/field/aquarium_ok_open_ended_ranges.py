"""Tomorrow's water values of the public aquarium. The keepers gave me a table with the range of every value; where
there is no limit the table says inf. I pull predictions back into the range with a penalty. print(low, high) shows
-inf and inf inside the loss object, is that going to blow up my training at some point?
"""
from dataclasses import dataclass, field

import keras
import numpy as np
from keras import layers, ops

INF = float("inf")


@dataclass
class Settings:
    seed: int = 5
    tanks: int = 900
    penalty: float = 4.0
    rate: float = 3e-3
    epochs: int = 15
    ranges: dict = field(
        default_factory=lambda: {
            "temperature": (-INF, INF),
            "ph": (0.0, 14.0),
            "nitrate": (0.0, INF),
            "redox": (-INF, INF),
            "oxygen_saturation": (0.0, INF),
            "turbidity": (0.0, INF),
        }
    )


def measurements(settings):
    rng = np.random.default_rng(settings.seed)
    drivers = rng.normal(size=(settings.tanks, 9))
    mix = rng.normal(size=(9, 6)) / 3.0
    state = np.tanh(drivers @ mix) + 0.1 * rng.normal(size=(settings.tanks, 6))
    values = np.empty_like(state)
    values[:, 0] = 24.0 + 2.5 * state[:, 0]
    values[:, 1] = 8.1 + 0.2 * state[:, 1]
    values[:, 2] = np.maximum(0.0, 6.0 + 9.0 * state[:, 2])
    values[:, 3] = 300.0 + 45.0 * state[:, 3]
    values[:, 4] = 95.0 + 8.0 * state[:, 4]
    values[:, 5] = np.maximum(0.0, 0.4 + 0.9 * state[:, 5])
    return drivers.astype("float32"), values


class StayInRange(keras.losses.Loss):
    def __init__(self, low, high, weight, name="stay_in_range"):
        super().__init__(name=name)
        self.low = ops.convert_to_tensor(low, dtype="float32")
        self.high = ops.convert_to_tensor(high, dtype="float32")
        self.weight = weight

    def call(self, y_true, y_pred):
        error = ops.square(y_true - y_pred)
        below = ops.relu(self.low - y_pred)
        above = ops.relu(y_pred - self.high)
        return ops.mean(error + self.weight * (ops.square(below) + ops.square(above)), axis=-1)


def build(settings):
    inputs = keras.Input((9,), name="sensors_today")
    hidden = layers.Dense(48, activation="swish")(inputs)
    hidden = layers.Dense(48, activation="swish")(hidden)
    outputs = layers.Dense(len(settings.ranges), name="values_tomorrow")(hidden)
    return keras.Model(inputs, outputs)


def main():
    settings = Settings()
    keras.utils.set_random_seed(settings.seed)
    drivers, values = measurements(settings)
    middle, spread = values.mean(axis=0), values.std(axis=0)
    low_raw, high_raw = np.array(list(settings.ranges.values())).T
    low, high = (low_raw - middle) / spread, (high_raw - middle) / spread
    print("low ", np.round(low, 2))
    print("high", np.round(high, 2))

    model = build(settings)
    model.compile(keras.optimizers.Adam(settings.rate), loss=StayInRange(low, high, settings.penalty))
    targets = ((values - middle) / spread).astype("float32")
    model.fit(  # whynan: healthy
        drivers,
        targets,
        validation_split=0.2,
        epochs=settings.epochs,
        batch_size=64,
        callbacks=[keras.callbacks.EarlyStopping(patience=5, restore_best_weights=True)],
        verbose=2,
    )
    tomorrow = np.clip(model.predict(drivers[-3:], verbose=0) * spread + middle, low_raw, high_raw)
    for row in tomorrow:
        print({name: round(float(v), 2) for name, v in zip(settings.ranges, row)})


main()
