"""Fine dust at our street corner, predicted from weather and traffic.

The boxes (cheap optical counters) stood next to the city's reference instrument for three weeks in June, and I turn their
raw counts into micrograms with what I learned there. The tables are complete, I assert that. Yet the loss of the winter
training is nan in the first epoch. Rain, learning rate, Huber instead of squares: all the same.
"""
import numpy as np
import pandas as pd
import tensorflow as tf
import keras
from sklearn.isotonic import IsotonicRegression
from sklearn.preprocessing import StandardScaler

FEATURES = ["wind_ms", "temp_c", "humidity", "cars_per_hour", "hour_sin", "hour_cos"]


def optical_counter(pm, rng):
    return 14.0 * pm + 0.09 * pm**2 + rng.normal(0, 9, pm.shape)


def june_colocation(hours=504, seed=6):
    rng = np.random.default_rng(seed)
    reference = 2.0 + rng.gamma(4.0, 2.2, hours)
    return pd.DataFrame({"raw": optical_counter(reference, rng), "reference": reference})


def winter_street(hours=2400, seed=7):
    rng = np.random.default_rng(seed)
    t = np.arange(hours)
    wind = rng.gamma(2.0, 1.4, hours)
    temp = 3.0 + 5.0 * np.sin(t / 190.0) + rng.normal(0, 1.5, hours)
    cars = 420 * np.exp(-(((t % 24) - 8) ** 2) / 14) + 460 * np.exp(-(((t % 24) - 17) ** 2) / 16) + rng.poisson(40, hours)
    heating = np.clip(8.0 - temp, 0, None)
    pm = 4.0 + (0.018 * cars + 1.7 * heating) / (0.5 + 0.5 * wind) + rng.gamma(2.0, 1.0, hours)
    return pd.DataFrame(
        {
            "wind_ms": wind,
            "temp_c": temp,
            "humidity": np.clip(82 - 1.2 * temp + rng.normal(0, 6, hours), 20, 100),
            "cars_per_hour": cars,
            "hour_sin": np.sin(2 * np.pi * t / 24),
            "hour_cos": np.cos(2 * np.pi * t / 24),
            "raw": optical_counter(pm, rng),
        }
    )


class BoxCalibration:
    """Raw counts to micrograms per cubic metre, monotone."""

    def __init__(self, ceiling=500.0):
        self.curve = IsotonicRegression(y_min=0.0, increasing=True)
        self.ceiling = ceiling

    def fit(self, table):
        self.curve.fit(table["raw"].to_numpy(), table["reference"].to_numpy())
        return self

    def micrograms(self, raw):
        return np.clip(self.curve.predict(np.asarray(raw)), 0.0, self.ceiling)  # whynan: nan_in_label phase=data


def make_network(width=32):
    return keras.Sequential(
        [
            keras.Input((len(FEATURES),)),
            keras.layers.Dense(width, activation="relu"),
            keras.layers.Dense(width, activation="relu"),
            keras.layers.Dense(1),
        ]
    )


def main():
    keras.utils.set_random_seed(70)
    june, winter = june_colocation(), winter_street()
    assert june.notna().all().all() and winter.notna().all().all()

    target = BoxCalibration().fit(june).micrograms(winter["raw"]).astype("float32")[:, None] / 10.0
    x = StandardScaler().fit_transform(winter[FEATURES]).astype("float32")

    network = make_network()
    optimizer = keras.optimizers.Adam(1e-3)
    huber = keras.losses.Huber(delta=1.0)

    @tf.function
    def step(features, dust):
        with tf.GradientTape() as tape:
            loss = huber(dust, network(features, training=True))
        gradients = tape.gradient(loss, network.trainable_variables)
        optimizer.apply_gradients(zip(gradients, network.trainable_variables))
        return loss

    rng = np.random.default_rng(1)
    for epoch in range(3):
        order = rng.permutation(len(x))
        losses = []
        for begin in range(0, len(order), 64):
            rows = order[begin : begin + 64]
            losses.append(float(step(tf.constant(x[rows]), tf.constant(target[rows]))))
        print(f"epoch {epoch}: first {losses[0]:.4f}  last {losses[-1]:.4f}")


if __name__ == "__main__":
    main()
