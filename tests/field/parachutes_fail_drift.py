"""Surrogate for the cargo drop simulator: landing drift (m) from eight release parameters.

The simulator takes 40 s per drop, the planner wants thousands.
"""
import numpy as np
import keras
from keras import layers

WIDTH = 128
DEPTH = 5


def simulate(n, rng):
    alt = rng.uniform(600, 4200, n)
    mass = rng.uniform(90, 950, n)
    area = rng.uniform(30, 180, n)
    wind_lo = rng.gamma(3.0, 1.8, n)
    wind_hi = wind_lo * rng.uniform(1.1, 2.8, n)
    veer = rng.normal(0, 25, n)
    speed = rng.uniform(50, 75, n)
    delay = rng.uniform(0.8, 4.0, n)
    sink = np.sqrt(2 * mass * 9.81 / (1.1 * 1.4 * area))
    t = alt / sink
    drift = 0.5 * (wind_lo + wind_hi * np.cos(np.deg2rad(veer))) * t + speed * delay
    drift *= 1 + rng.normal(0, 0.03, n)
    return np.stack([alt, mass, area, wind_lo, wind_hi, veer, speed, delay], axis=1), drift


def hidden(units):
    return layers.Dense(
        units,
        activation="relu",
        kernel_initializer=keras.initializers.RandomNormal(mean=0.0, stddev=1.0),
        bias_initializer="zeros",
    )


def surrogate(n_in):
    net = keras.Sequential(name="drift")
    net.add(keras.Input((n_in,)))
    for _ in range(DEPTH):
        net.add(hidden(WIDTH))
    net.add(layers.Dense(1))
    return net


def main():
    keras.utils.set_random_seed(1903)
    rng = np.random.default_rng(1903)
    X, drift = simulate(2600, rng)
    X = (X - X.mean(axis=0)) / X.std(axis=0)
    y = np.log(drift)
    y = (y - y.mean()) / y.std()
    X, y = X.astype("float32"), y.astype("float32")

    net = surrogate(X.shape[1])
    net.compile(optimizer=keras.optimizers.SGD(learning_rate=0.01), loss="mse")
    net.summary()
    hist = net.fit(  # whynan: bad_initialization phase=forward|loss|gradient
        X[:2200], y[:2200],
        validation_data=(X[2200:], y[2200:]),
        batch_size=64, epochs=6, verbose=2,
        callbacks=[keras.callbacks.ReduceLROnPlateau(factor=0.5, patience=2)],
    )
    print("validation loss", hist.history["val_loss"])


main()
