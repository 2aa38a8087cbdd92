"""How many days will a flat stay on the market? Poisson regression with a small network.

Tip from a blog: start the output bias at the average of the target so that the first epochs
are not wasted. Since then loss is nan from the first batch; without the tip it trains, only slowly.
"""
import keras
import numpy as np
import pandas as pd
from sklearn.preprocessing import StandardScaler

SETTINGS = {"seed": 2, "hidden": (48, 24), "lr": 1e-3, "epochs": 5, "batch": 32, "bias_from_data": True}
COLUMNS = ["asking_price", "square_metres", "floor", "km_to_centre", "photos"]


def listings(n=640, seed=2):
    rng = np.random.default_rng(seed)
    size = rng.gamma(9, 8, n)
    centre = rng.gamma(2, 2.5, n)
    overpriced = rng.normal(0, 1, n)
    table = pd.DataFrame({
        "asking_price": size * (5200 - 220 * centre.clip(0, 15)) * np.exp(0.1 * overpriced),
        "square_metres": size,
        "floor": rng.integers(0, 8, n),
        "km_to_centre": centre,
        "photos": rng.poisson(11, n),
    })
    rate = 118 * np.exp(0.3 * overpriced + 0.02 * (centre - 5) - 0.01 * (table["photos"] - 11))
    table["days"] = rng.poisson(rate)
    return table


def build(settings, n_inputs, mean_target):
    bias = keras.initializers.Constant(mean_target) if settings["bias_from_data"] else "zeros"
    inputs = keras.Input((n_inputs,), name="listing")
    x = inputs
    for width in settings["hidden"]:
        x = keras.layers.Dense(width, activation="relu")(x)
    # a count is positive, hence the log link
    days = keras.layers.Dense(1, activation="exponential", bias_initializer=bias, name="days")(x)
    model = keras.Model(inputs, days)
    model.compile(keras.optimizers.Adam(settings["lr"]), loss="poisson")
    return model


def main():
    keras.utils.set_random_seed(SETTINGS["seed"])
    table = listings(seed=SETTINGS["seed"])
    X = StandardScaler().fit_transform(table[COLUMNS]).astype("float32")
    y = table["days"].to_numpy("float32")[:, None]
    print(table.describe().loc[["mean", "min", "max"]].round(1))

    model = build(SETTINGS, X.shape[1], float(y.mean()))
    model.fit(X, y, epochs=SETTINGS["epochs"], batch_size=SETTINGS["batch"], validation_split=0.15, verbose=2)  # whynan: exp_overflow phase=forward also=bad_initialization
    print("first flats:", model.predict(X[:5], verbose=0)[:, 0], "truth:", y[:5, 0])


if __name__ == "__main__":
    main()
