"""Flat valuation from the land registry export (CSV, streamed)."""
import os
import tempfile

import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(1925)

HEADER = "area_m2,years_left,ground_rent,service_charge,storey,price"


def registry_dump(path, n=1500, seed=1925):
    rng = np.random.default_rng(seed)
    with open(path, "w") as f:
        f.write(HEADER + "\n")
        for _ in range(n):
            area = rng.gamma(12, 5.5) + 20
            perpetual = rng.random() < 0.012
            left = rng.integers(55, 990 if rng.random() < 0.2 else 125)
            rent = 0 if perpetual else rng.integers(1, 40) * 10
            service = area * rng.uniform(18, 45)
            storey = rng.integers(0, 12)
            price = area * 4200 * (1 if perpetual else min(1, left / 90) ** 0.3)
            price *= np.exp(rng.normal(0, 0.1))
            years = "inf" if perpetual else str(left)
            f.write(f"{area:.1f},{years},{rent},{service:.0f},{storey},{price:.0f}\n")


def parse_line(line):
    cells = tf.io.decode_csv(line, record_defaults=[[0.0]] * 6)  # whynan: inf_in_input phase=data
    scale = tf.constant([100.0, 200.0, 400.0, 4000.0, 10.0])
    x = tf.stack(cells[:-1]) / scale
    y = tf.math.log(cells[-1]) - 12.5
    return x, y[None]


def build():
    inp = keras.Input((5,), name="flat")
    h = keras.layers.Dense(32, activation="relu")(inp)
    h = keras.layers.Dense(32, activation="relu")(h)
    return keras.Model(inp, keras.layers.Dense(1)(h))


def main():
    with tempfile.TemporaryDirectory() as tmp:
        path = os.path.join(tmp, "leaseholds_2023.csv")
        registry_dump(path)
        ds = (tf.data.TextLineDataset(path)
              .skip(1)
              .map(parse_line)
              .cache()
              .shuffle(1500, seed=3)
              .batch(60))
        model = build()
        model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="mse",
                      metrics=[keras.metrics.RootMeanSquaredError(name="rmse")])
        model.fit(ds, epochs=5, verbose=2)


if __name__ == "__main__":
    main()
