"""Flats for rent: rent per square metre and the chance to be let within two weeks, from one shared body.

Both losses are NaN from the first batch on.  I check the training table for missing values right before the fit, there
are none, and the largest absolute number in it is a few thousand.
"""
import keras
import numpy as np
import pandas as pd

keras.utils.set_random_seed(57)

NUMERIC = ["area", "rooms", "floor", "build_year", "metro_metres", "energy_kwh"]
DISTRICTS = 14


def portal_export(n, n_new, rng):
    """All adverts; the newest ones are still online, so they have no outcome yet."""
    table = pd.DataFrame({
        "area": rng.gamma(9, 8, n).round(1) + 18,
        "floor": rng.integers(0, 9, n),
        "build_year": rng.integers(1890, 2024, n),
        "metro_metres": rng.gamma(2, 250, n).round(),
        "district": rng.integers(0, DISTRICTS, n),
    })
    table["rooms"] = np.clip((table.area / 24).round(), 1, 6)
    table["energy_kwh"] = (260 - 1.1 * (table.build_year - 1890) + rng.normal(0, 25, n)).clip(20).round()
    level = 11 + rng.normal(0, 2, DISTRICTS)[table.district]
    table["rent_m2"] = level + 0.02 * (table.build_year - 1950) - 0.002 * table.metro_metres + rng.normal(0, 1, n)
    table["let_fast"] = (rng.random(n) < 1 / (1 + np.exp(table.rent_m2 - level))).astype(float)
    newest = table.index[-n_new:]
    table.loc[newest, ["rent_m2", "let_fast"]] = np.nan
    # the energy certificate is uploaded by the landlord within a few days
    table.loc[newest[::3], "energy_kwh"] = np.nan  # whynan: nan_in_input phase=data also=nan_in_initial_weights
    return table


def shared_body(table):
    numbers = keras.Input((len(NUMERIC),), name="numbers")
    district = keras.Input((1,), dtype="int32", name="district")

    scale = keras.layers.Normalization(name="scale")
    scale.adapt(table[NUMERIC].to_numpy("float32"))

    place = keras.layers.Flatten()(keras.layers.Embedding(DISTRICTS, 4)(district))
    h = keras.layers.Concatenate()([scale(numbers), place])
    h = keras.layers.Dense(48, activation="swish")(h)
    h = keras.layers.Dense(24, activation="swish")(h)
    rent = keras.layers.Dense(1, name="rent")(h)
    let = keras.layers.Dense(1, activation="sigmoid", name="let")(h)
    return keras.Model({"numbers": numbers, "district": district}, {"rent": rent, "let": let})


def main():
    table = portal_export(1500, 120, np.random.default_rng(57))
    finished = table[table.rent_m2.notna()]
    x = {
        "numbers": finished[NUMERIC].to_numpy("float32"),
        "district": finished[["district"]].to_numpy("int32"),
    }
    y = {
        "rent": finished[["rent_m2"]].to_numpy("float32") - finished.rent_m2.mean().astype("float32"),
        "let": finished[["let_fast"]].to_numpy("float32"),
    }
    for name, values in {**x, **y}.items():
        assert np.isfinite(values).all(), name
        print(f"{name:10s} {values.shape}  max |.| = {np.abs(values).max():.1f}")

    model = shared_body(table)
    model.compile(
        optimizer=keras.optimizers.Adam(2e-3, clipvalue=0.5),
        loss={"rent": "mse", "let": "binary_crossentropy"},
        loss_weights={"rent": 1.0, "let": 0.3},
    )
    model.fit(x, y, batch_size=64, epochs=5, validation_split=0.1, verbose=2)


if __name__ == "__main__":
    main()
