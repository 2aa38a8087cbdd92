"""Household waste per inhabitant (kg a year) for 120 municipalities, 2016-2022 for training, 2023 to validate.

Every row is weighted with the population. fit shows a nice falling loss, but val_loss is nan in every epoch, from the
very first one. val_mae is a normal number. I do not understand how the two can go together.
"""
import numpy as np
import pandas as pd
import keras

keras.utils.set_random_seed(4)
FEATURES = ["flats", "income", "density", "bag_price", "collections"]


def municipal_register(rng):
    names = [f"gemeente_{i:03d}" for i in range(120)]
    return pd.DataFrame({"name": names, "population": np.round(np.exp(rng.normal(10.0, 0.7, len(names))))})


def waste_returns(register, rng):
    """What the municipalities send in, one row a year."""
    frames = []
    flats = rng.beta(2, 3, len(register))
    income = rng.normal(27.0, 4.0, len(register))
    density = rng.normal(6.5, 1.0, len(register))
    for year in range(2016, 2024):
        frame = pd.DataFrame({
            "name": register["name"], "year": year, "flats": flats, "income": income + 0.6 * (year - 2016),
            "density": density, "bag_price": rng.choice([0.0, 0.8, 1.3, 1.9], len(register)),
            "collections": rng.choice([13.0, 26.0, 52.0], len(register))})
        frame["kg"] = (150 + 70 * frame["flats"] - 38 * frame["bag_price"] + 1.1 * frame["collections"]
                       + 6 * (frame["density"] - 6.5) + rng.normal(0, 8, len(frame)))
        if year == 2023:   # two reorganisations on the first of January
            frame.loc[[17, 64], "name"] = ["Oostermeer", "Hoge Venen"]
        frames.append(frame)
    return pd.concat(frames, ignore_index=True)


def split(table):
    train = table[table["year"] < 2023]
    newest = table[table["year"] == 2023]
    centre, scale = train[FEATURES].mean(), train[FEATURES].std()
    kg_centre, kg_scale = train["kg"].mean(), train["kg"].std()
    average = train["population"].mean()

    def arrays(part):
        x = ((part[FEATURES] - centre) / scale).to_numpy("float32")
        y = ((part["kg"] - kg_centre) / kg_scale).to_numpy("float32")
        weight = (part["population"] / average).clip(0.1, 5.0).to_numpy("float32")
        return x, y[:, None], weight

    return arrays(train), arrays(newest)


def main():
    rng = np.random.default_rng(4)
    register = municipal_register(rng)
    table = waste_returns(register, rng).merge(register, on="name", how="left")
    (x, y, weight), newest = split(table)
    print("rows", len(x), "to validate", len(newest[0]))

    model = keras.Sequential([
        keras.Input((len(FEATURES),)),
        keras.layers.Dense(32, activation="relu"),
        keras.layers.Dense(16, activation="relu"),
        keras.layers.Dense(1),
    ])
    model.compile(optimizer="adam", loss="mse", metrics=["mae"])
    model.fit(x, y, sample_weight=weight, validation_data=newest, batch_size=40, epochs=25, verbose=2)


if __name__ == "__main__":
    main()
# whynan: side_nonfinite
