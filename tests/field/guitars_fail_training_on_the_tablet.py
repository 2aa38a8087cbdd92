"""Will a second-hand guitar be sold within a week?

The model is to be trained on the tablets in the shops, so it has to be small: everything
is kept in 16 bit.  On my computer the same script without the dtype line reaches a good
accuracy.  With it, the very first batch has a sensible loss and then it is nan.  I
looked at the gradients of the first batch: finite, none larger than 0.2.
"""
import argparse

import keras
import numpy as np
import pandas as pd
from keras import layers

BRANDS = [f"brand_{i:02d}" for i in range(46)]
SHAPES = ["dreadnought", "concert", "classical", "s_type", "t_type", "single_cut", "offset", "archtop"]


def listings(n, rng):
    popularity = 1.0 / np.arange(1, len(BRANDS) + 1)
    brand = rng.choice(len(BRANDS), n, p=popularity / popularity.sum())
    shape = rng.integers(0, len(SHAPES), n)
    year = rng.integers(1965, 2024, n)
    relative_price = rng.normal(1.0, 0.2, n)
    photos = rng.integers(1, 10, n)
    case = rng.random(n) < 0.4
    wish = 1.2 * (1.0 - relative_price) * 4 + 0.15 * (photos - 5) + 0.5 * case - 0.03 * brand + 0.4 * np.sin(shape)
    sold = rng.random(n) < 1.0 / (1.0 + np.exp(-wish))
    return pd.DataFrame({
        "brand": pd.Categorical.from_codes(brand, BRANDS),
        "shape": pd.Categorical.from_codes(shape, SHAPES),
        "age": (2024 - year) / 30.0,
        "relative_price": (relative_price - 1.0) * 5.0,
        "photos": (photos - 5.0) / 3.0,
        "case": case,
        "sold": sold,
    })


def encode(table):
    wide = pd.get_dummies(table.drop(columns="sold"), columns=["brand", "shape"])
    return wide.to_numpy("float32"), table["sold"].to_numpy("float32")[:, None]


def build(width, hidden):
    inputs = keras.Input((width,))
    x = layers.Dense(hidden, activation="tanh")(inputs)
    x = layers.Dropout(0.1)(x)
    x = layers.Dense(hidden // 2, activation="tanh")(x)
    return keras.Model(inputs, layers.Dense(1)(x))


def train(options):
    keras.config.set_dtype_policy(options.dtype)
    keras.utils.set_random_seed(options.seed)
    table = listings(1500, np.random.default_rng(options.seed))
    x, y = encode(table)
    model = build(x.shape[1], options.hidden)
    print("bytes for the weights:", sum(w.numpy().nbytes for w in model.weights))
    model.compile(
        optimizer=keras.optimizers.Adamax(learning_rate=options.rate),
        loss=keras.losses.BinaryCrossentropy(from_logits=True),
    )
    model.fit(x, y, batch_size=32, epochs=options.epochs, validation_split=0.2, verbose=2)  # whynan: float16_epsilon_underflow phase=update also=float16_optimizer_state,divide_by_zero
    return model


def parse(arguments=None):
    parser = argparse.ArgumentParser()
    parser.add_argument("--dtype", default="float16")
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--hidden", type=int, default=24)
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--seed", type=int, default=19)
    return parser.parse_known_args(arguments)[0]


if __name__ == "__main__":
    train(parse())
