"""Valuation of holiday cabins from the rental agency's yearly sheet."""
import keras
import numpy as np
import pandas as pd
from keras import layers


def agency_sheet(n: int = 1200, seed: int = 31) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    floor = rng.normal(74, 22, n).clip(24, 190)
    beds = np.maximum(2, np.round(floor / 14 + rng.normal(0, 1, n)))
    shore = rng.exponential(900, n)
    plot = rng.lognormal(7.3, 0.5, n)
    nights = rng.integers(25, 300, n)
    rate = np.exp(4.2 + 0.006 * floor - 0.0002 * shore + rng.normal(0, 0.2, n))
    sheet = pd.DataFrame({
        "floor_m2": floor,
        "beds": beds,
        "plot_m2": plot,
        "shore_m": shore,
        "built": rng.integers(1931, 2022, n),
        "nights_let": nights,
        "revenue": (rate * nights).round(2),
        "sauna": rng.integers(0, 2, n),
    })
    log_price = (
        11.2 + 0.007 * floor - 0.00025 * shore + 0.12 * sheet.sauna
        + 0.004 * (sheet.built - 1980) + 0.2 * np.log(rate / 90) + rng.normal(0, 0.12, n)
    )
    sheet["log_price"] = log_price
    # some cells were never filled in
    sheet.loc[rng.choice(n, 40, replace=False), "plot_m2"] = np.nan
    sheet.loc[rng.choice(n, 25, replace=False), "shore_m"] = np.nan
    # bookings moved over from another agency
    sheet.loc[417, ["nights_let", "revenue"]] = [0, 310.0]
    return sheet


def features(sheet: pd.DataFrame) -> pd.DataFrame:
    out = sheet.drop(columns="log_price").copy()
    out["per_night"] = out["revenue"] / out["nights_let"]  # whynan: inf_in_input phase=data rows=417
    out["m2_per_bed"] = out["floor_m2"] / out["beds"]
    out["plot_ratio"] = out["plot_m2"] / out["floor_m2"]
    out = out.fillna(out.median())
    assert not out.isna().any().any()
    return out


def build(n_inputs: int) -> keras.Model:
    inp = keras.Input((n_inputs,))
    h = layers.BatchNormalization()(inp)
    h = layers.Dense(48, activation="tanh")(h)
    h = layers.Dense(24, activation="tanh")(h)
    return keras.Model(inp, layers.Dense(1)(h))


if __name__ == "__main__":
    keras.utils.set_random_seed(31)
    sheet = agency_sheet()
    table = features(sheet)
    X = table.to_numpy("float32")
    y = sheet["log_price"].to_numpy("float32")
    y = y - y.mean()
    print(table[["revenue", "plot_m2", "built"]].describe().round(1))

    model = build(X.shape[1])
    model.compile(optimizer=keras.optimizers.Adam(learning_rate=0.01), loss="mse", metrics=["mae"])
    hist = model.fit(X, y, validation_split=0.15, batch_size=64, epochs=15, verbose=2)
    print("last training loss", hist.history["loss"][-1])
