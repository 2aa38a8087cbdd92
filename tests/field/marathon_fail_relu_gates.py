"""Predict the second-half slowdown of marathon runners from the first hour of their watch recording.

Everything is scaled to 0..1 and the gradients are clipped. The first batch prints an ordinary loss, all later
ones print nan. With short snippets of the same recordings (60 steps) it trains without trouble.
"""
import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(31)

CHANNELS = ("heart_rate", "cadence", "speed", "power", "stride", "skin_temp", "air_temp", "sweat_rate")
STEPS = 900  # one sample every four seconds


def record_race(rng):
    """One runner: a quick rise at the start, then a slow drift around the personal level."""
    minutes = np.linspace(0.0, 60.0, STEPS)
    rise = 1.0 - np.exp(-minutes / 4.0)
    fitness = rng.uniform(0.0, 1.0)
    drift = minutes / 60.0
    columns = [
        95 + (72 - 20 * fitness) * rise + 8 * drift,
        150 + 26 * rise + 6 * fitness,
        2.0 + (1.1 + 1.2 * fitness) * rise - 0.2 * drift,
        140 + (80 + 70 * fitness) * rise,
        0.80 + (0.15 + 0.25 * fitness) * rise,
        31.0 + 3.5 * rise + 0.6 * drift,
        np.full(STEPS, rng.uniform(12.0, 24.0)) + 1.5 * drift,
        0.3 + (0.7 + 0.4 * fitness) * rise,
    ]
    noise = np.array([2.0, 1.5, 0.05, 6.0, 0.02, 0.1, 0.1, 0.03])
    series = np.stack(columns, axis=1)
    series += rng.normal(size=series.shape) * noise
    slowdown = 14.0 - 9.0 * fitness + 0.3 * (series[0, 6] - 18.0) + rng.normal(0, 1.0)
    return series, slowdown


def load_races(n, seed):
    rng = np.random.default_rng(seed)
    races = [record_race(rng) for _ in range(n)]
    return np.stack([r[0] for r in races]), np.array([r[1] for r in races])


class MinMax:
    def fit(self, x):
        self.low = x.min(axis=(0, 1))
        self.span = x.max(axis=(0, 1)) - self.low
        return self

    def transform(self, x):
        return ((x - self.low) / self.span).astype("float32")


def make_model(units=32):
    return keras.Sequential(
        [
            keras.Input(shape=(STEPS, len(CHANNELS))),
            layers.LSTM(units, recurrent_activation="relu"),
            layers.Dense(1),
        ]
    )


def main():
    x, y = load_races(64, seed=5)
    x = MinMax().fit(x).transform(x)
    assert 0.0 <= x.min() and x.max() <= 1.0
    y = ((y - y.mean()) / y.std()).astype("float32")

    model = make_model()
    model.compile(optimizer=keras.optimizers.Adam(1e-3, clipnorm=1.0), loss="mse")
    history = model.fit(x, y, batch_size=32, epochs=3, verbose=2)  # whynan: exploding_gradient phase=forward|gradient
    print("loss per epoch:", history.history["loss"])


if __name__ == "__main__":
    main()
