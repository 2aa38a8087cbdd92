import numpy as np
import pandas as pd
import keras
from keras import layers


def load_runs(seed=31):
    """One line per run, as exported from the timing system of the track."""
    rng = np.random.default_rng(seed)
    n = 900
    runs = pd.DataFrame()
    runs["start_time_s"] = rng.normal(5.1, 0.18, n)
    runs["crew"] = rng.choice([2, 4], n)
    runs["sled_kg"] = np.where(runs.crew == 2, rng.normal(390, 8, n), rng.normal(630, 10, n))
    runs["ice_temp_c"] = rng.normal(-6.5, 2.2, n)
    runs["air_temp_c"] = runs.ice_temp_c + rng.normal(4, 2, n)
    runs["humidity"] = rng.uniform(0.35, 0.95, n)
    runs["pressure_pa"] = rng.normal(93500, 700, n).round()
    runs["runner_set"] = rng.integers(1, 7, n)
    runs["run_of_day"] = rng.integers(1, 5, n)
    runs["run_time_ms"] = (
        52300 + 2100 * (runs.start_time_s - 5.1) - 1.6 * (runs.sled_kg - 510)
        + 55 * (runs.ice_temp_c + 6.5) + 0.05 * (runs.pressure_pa - 93500)
        + 40 * runs.run_of_day + rng.normal(0, 90, n)
    ).round()
    # a few crashes: sled slides slowly over the line
    crashed = rng.random(n) < 0.02
    runs.loc[crashed, "run_time_ms"] += rng.uniform(4000, 30000, crashed.sum()).round()
    return runs


def make_net(n_in):
    net = keras.Sequential(name="bob")
    net.add(keras.Input((n_in,)))
    net.add(layers.Dense(32, activation="leaky_relu"))
    net.add(layers.Dense(16, activation="leaky_relu"))
    net.add(layers.Dense(1))
    return net


if __name__ == "__main__":
    keras.utils.set_random_seed(31)
    runs = load_runs()
    y = runs.pop("run_time_ms").to_numpy("float32")
    x = runs.to_numpy("float32")

    cut = 700
    net = make_net(x.shape[1])
    # Huber because of the crashes
    net.compile(
        loss=keras.losses.Huber(delta=1.0),
        optimizer=keras.optimizers.SGD(learning_rate=0.01, momentum=0.9, nesterov=True),
        metrics=["mae"],
    )
    net.fit(x[:cut], y[:cut], batch_size=35, epochs=6, verbose=2,  # whynan: unscaled_input phase=forward|loss|gradient
            validation_data=(x[cut:], y[cut:]))

    guess = net.predict(x[cut:], verbose=0)[:, 0]
    print("median error (ms):", np.median(np.abs(guess - y[cut:])))
