"""Weekly sales forecast of 24 falafel stands, one row per stand and week."""
import keras
import numpy as np
import pandas as pd
from keras import layers

PARAMS = {
    "stands": 24,
    "weeks": 40,
    "train_stands": 20,
    "lags": [1, 2],
    "units": [32, 16],
    "learning_rate": 2e-3,
    "epochs": 12,
    "batch_size": 64,
    "seed": 404,
}


def read_sales(p):
    rng = np.random.default_rng(p["seed"])
    frames = []
    for stand in range(p["stands"]):
        week = np.arange(p["weeks"])
        level = rng.uniform(200, 900)
        season = 1.0 + 0.2 * np.sin(2 * np.pi * (week + rng.integers(0, 20)) / 26)
        price = np.round(rng.uniform(4.5, 7.5) + 0.01 * week, 2)
        festival = (rng.random(p["weeks"]) < 0.08).astype(float)
        sales = level * season * (1 + 0.4 * festival) * rng.normal(1.0, 0.06, p["weeks"])
        frames.append(
            pd.DataFrame({"stand": stand, "week": week, "price": price, "festival": festival, "sales": sales.round()})
        )
    return pd.concat(frames, ignore_index=True)


def add_features(df, p):
    df = df.sort_values(["stand", "week"]).reset_index(drop=True)
    features = ["price", "festival", "sales"]
    for lag in p["lags"]:
        df[f"sales_lag{lag}"] = df.groupby("stand")["sales"].shift(lag)
        features.append(f"sales_lag{lag}")
    df["woy_sin"] = np.sin(2 * np.pi * df["week"] / 52)
    df["woy_cos"] = np.cos(2 * np.pi * df["week"] / 52)
    features += ["woy_sin", "woy_cos"]
    df["next_week"] = df.groupby("stand")["sales"].shift(-1)  # whynan: nan_in_label phase=data rows=37,75,113,151,189,227,265,303,341,379,417,455,493,531,569,607,645,683,721,759
    df = df.dropna(subset=features).reset_index(drop=True)
    return df, features


def split_and_scale(df, features, p):
    train = df[df["stand"] < p["train_stands"]]
    test = df[df["stand"] >= p["train_stands"]]
    mean, std = train[features].mean(), train[features].std()
    y_mean, y_std = train["next_week"].mean(), train["next_week"].std()

    def pack(part):
        x = ((part[features] - mean) / std).to_numpy("float32")
        y = ((part["next_week"] - y_mean) / y_std).to_numpy("float32")
        return x, y

    return pack(train), pack(test), (y_mean, y_std)


def build_forecaster(n_features, p):
    model = keras.Sequential([keras.Input((n_features,))], name="falafel")
    for units in p["units"]:
        model.add(layers.Dense(units, activation="tanh"))
        model.add(layers.Dropout(0.05))
    model.add(layers.Dense(1))
    model.compile(optimizer=keras.optimizers.Adam(p["learning_rate"]), loss="mae")
    return model


def main():
    keras.utils.set_random_seed(PARAMS["seed"])
    df, features = add_features(read_sales(PARAMS), PARAMS)
    (x, y), (x_test, y_test), (y_mean, y_std) = split_and_scale(df, features, PARAMS)
    print(f"{len(x)} training rows, {len(x_test)} test rows, target {y_mean:.0f} +- {y_std:.0f}")
    model = build_forecaster(x.shape[1], PARAMS)
    callbacks = [
        keras.callbacks.ReduceLROnPlateau(monitor="loss", factor=0.5, patience=3),
        keras.callbacks.EarlyStopping(monitor="loss", patience=8),
    ]
    model.fit(x, y, epochs=PARAMS["epochs"], batch_size=PARAMS["batch_size"], callbacks=callbacks, verbose=2)
    forecast = model.predict(x_test[-5:], verbose=0).ravel() * y_std + y_mean
    print("forecast of the last stand:", forecast.round())


if __name__ == "__main__":
    main()
