"""Share of a building plot that will settle, from its position on the estuary map.

Positions are UTM (metres), from the survey; the river's old bed runs diagonally through the area.
"""
import keras
import numpy as np
import pandas as pd
from sklearn.model_selection import train_test_split


def survey(n=1800, seed=15):
    rng = np.random.default_rng(seed)
    easting = rng.uniform(431_000, 433_500, n)
    northing = rng.uniform(5_411_000, 5_413_500, n)
    u, v = (easting - 432_250) / 1250, (northing - 5_412_250) / 1250
    elevation = 9 + 3 * np.abs(u - 0.8 * v) + rng.normal(0, 0.4, n)
    year = rng.integers(1955, 2021, n)
    wet = 1.6 - 3.2 * np.abs(u - 0.8 * v) + 0.4 * np.sin(3 * u)
    share = 1 / (1 + np.exp(-wet - 0.006 * (year - 1990) + rng.normal(0, 0.2, n)))
    return pd.DataFrame(dict(easting=easting, northing=northing, elevation=elevation, built=year, share=share))


def build(n_in):
    inputs = keras.Input((n_in,))
    z = keras.layers.Dense(32, activation="relu")(inputs)
    z = keras.layers.Dense(16, activation="relu")(z)
    out = keras.layers.Dense(1, activation="sigmoid")(z)
    model = keras.Model(inputs, out)
    model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="mse", metrics=["mae"])
    return model


def main():
    keras.utils.set_random_seed(15)
    plots = survey()
    features = ["easting", "northing", "elevation", "built"]
    x_train, x_test, y_train, y_test = train_test_split(
        plots[features].to_numpy("float32"),
        plots["share"].to_numpy("float32"),
        test_size=0.2,
        random_state=15,
    )

    model = build(len(features))
    hist = model.fit(x_train, y_train, validation_split=0.1, batch_size=32, epochs=12, verbose=2)  # whynan: unstable

    pred = model.predict(x_test, verbose=0)[:, 0]
    print("last loss     ", hist.history["loss"][-1])
    print("test MAE      ", np.abs(pred - y_test).mean().round(3))
    print("MAE of average", np.abs(y_train.mean() - y_test).mean().round(3))
    print("predictions   ", pred.min(), "...", pred.max())


if __name__ == "__main__":
    main()
