"""Asking prices of second-hand records; recent sales should count more than old ones.

The training loss becomes negative (it is a mean squared error!) and goes further and further down, while val_loss and
val_mae grow without end. All numbers are finite.
"""
# whynan: unstable
import keras
import numpy as np
import pandas as pd
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(7)

GENRES = ["jazz", "soul", "krautrock", "schlager"]
NUMERIC = ["press_year", "condition", "pressings", "wantlist", "days_ago", "recency"]


def load_sales(n=2000):
    rng = np.random.default_rng(45)
    sales = pd.DataFrame({
        "press_year": rng.integers(1958, 1992, n),
        "condition": rng.integers(3, 11, n),
        "pressings": rng.poisson(3.0, n) + 1,
        "wantlist": rng.lognormal(4.0, 1.0, n),
        "days_ago": rng.integers(0, 900, n),
        "genre": rng.choice(GENRES, n),
    })
    base = sales["genre"].map({"jazz": 3.1, "soul": 2.9, "krautrock": 3.4, "schlager": 1.4})
    sales["log_price"] = (base + 0.12 * (sales["condition"] - 7) - 0.10 * sales["pressings"]
                          + 0.25 * (np.log(sales["wantlist"]) - 4) - 0.02 * (sales["press_year"] - 1975)
                          - 0.0003 * sales["days_ago"] + rng.normal(0, 0.25, n))
    return sales


def prepare(sales, half_life=240.0):
    sales = sales.copy()
    sales["recency"] = 0.5 ** (sales["days_ago"] / half_life)
    sales["wantlist"] = np.log(sales["wantlist"])
    sales[NUMERIC] = StandardScaler().fit_transform(sales[NUMERIC])
    dummies = pd.get_dummies(sales["genre"], dtype="float32")
    x = pd.concat([sales[NUMERIC].drop(columns="recency"), dummies], axis=1)
    return (x.to_numpy("float32"), sales[["log_price"]].to_numpy("float32"),
            sales["recency"].to_numpy("float32"))


def price_model(n_features):
    return keras.Sequential([
        keras.Input((n_features,)),
        keras.layers.Dense(32, activation="relu"),
        keras.layers.Dense(32, activation="relu"),
        keras.layers.Dense(1),
    ], name="price")


def main():
    sales = load_sales()
    x, y, weight = prepare(sales)
    cut = 1600
    model = price_model(x.shape[1])
    model.compile(optimizer=keras.optimizers.Adam(3e-3, clipnorm=1.0), loss="mse", metrics=["mae"])
    history = model.fit(
        x[:cut], y[:cut],
        sample_weight=weight[:cut],
        validation_data=(x[cut:], y[cut:]),
        epochs=25,
        batch_size=64,
        verbose=2,
    )
    for name in ("loss", "val_loss", "val_mae"):
        series = history.history[name]
        print(f"{name:9s} first {series[0]:12.4f}   middle {series[len(series) // 2]:14.4f}   last {series[-1]:16.4f}")
    prices = np.exp(np.minimum(model.predict(x[cut:cut + 5], verbose=0)[:, 0], 50.0))
    print("five asking prices:", prices)


if __name__ == "__main__":
    main()
