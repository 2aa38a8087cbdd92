"""Gloss of ceramic glazes from the recipe and the firing curve. Settings come from the ini file of the laboratory.

My colleague's script with the same network and plain SGD converges in ten epochs. Mine prints a loss with twenty digits,
then inf, then nan, although it reads the same settings file. Inputs and target are standardised.
"""
import configparser

import keras
import numpy as np
import pandas as pd

keras.utils.set_random_seed(88)

SETTINGS = """
[data]
samples = 1,200
test share = 20 %

[training]
hidden units = 24
batch = 32
epochs = 8
learning rate = 0,02
"""


def number(text):
    """'1,200' -> 1200, '20 %' -> 0.2, '32' -> 32"""
    text = text.strip().replace(",", "").replace(" ", "")
    if text.endswith("%"):
        return float(text[:-1]) / 100
    return float(text)


def read_settings(text):
    parser = configparser.ConfigParser(interpolation=None)
    parser.read_string(text)
    return {key: number(value) for section in parser.sections() for key, value in parser[section].items()}


def glaze_table(n):
    rng = np.random.default_rng(88)
    oxides = rng.dirichlet([9, 3, 2, 1.5, 1], n)
    table = pd.DataFrame(oxides, columns=["SiO2", "Al2O3", "CaO", "Na2O", "B2O3"])
    table["peak_c"] = rng.normal(1220, 30, n)
    table["hold_min"] = rng.uniform(5, 60, n)
    melt = 4 * table["B2O3"] + 3 * table["Na2O"] - 2 * table["Al2O3"] + (table["peak_c"] - 1220) / 60
    table["gloss"] = 60 + 18 * np.tanh(melt + table["hold_min"] / 60) + rng.normal(0, 2, n)
    return table


def main():
    cfg = read_settings(SETTINGS)
    table = glaze_table(int(cfg["samples"]))
    n_test = int(len(table) * cfg["test share"])
    train, test = table.iloc[n_test:], table.iloc[:n_test]
    centre, spread = train.mean(), train.std()
    train, test = (train - centre) / spread, (test - centre) / spread
    x, y = train.drop(columns="gloss").to_numpy("float32"), train["gloss"].to_numpy("float32")
    xt, yt = test.drop(columns="gloss").to_numpy("float32"), test["gloss"].to_numpy("float32")

    inputs = keras.Input((x.shape[1],))
    h = keras.layers.Dense(int(cfg["hidden units"]), activation="tanh")(inputs)
    h = keras.layers.Dense(int(cfg["hidden units"]), activation="tanh")(h)
    model = keras.Model(inputs, keras.layers.Dense(1)(h))
    model.compile(optimizer=keras.optimizers.SGD(learning_rate=cfg["learning rate"]), loss="mse")
    model.fit(x, y, validation_data=(xt, yt), batch_size=int(cfg["batch"]), epochs=int(cfg["epochs"]), verbose=2)  # whynan: learning_rate_too_high phase=loss|gradient|update|forward also=exploding_gradient


main()
