"""Wide & deep model that predicts whether a festival order gets a camping upsell.

I ported an old estimator notebook to Keras 3: same columns, same FTRL settings. The first batch
reports about 0.69 and from then on the loss is nan. There is not a single missing value in the
frame, I checked, and with Adam the very same model trains well.
"""
import keras
import numpy as np
import pandas as pd
from keras import layers

keras.utils.set_random_seed(31)

VENUES = 60
CHANNELS = ["app", "web", "box office", "reseller", "radio competition"]
FTRL = {
    "learning_rate": 0.05,
    "l1_regularization_strength": 1e-3,
    "l2_regularization_strength": 0.0,
    "initial_accumulator_value": 0.0,
}


def load_orders(rows=2048):
    rng = np.random.default_rng(31)
    frame = pd.DataFrame({
        "venue": np.minimum(rng.zipf(1.8, rows), VENUES) - 1,
        "channel": rng.choice(CHANNELS, rows, p=[0.4, 0.35, 0.15, 0.09, 0.01]),
        "group_size": rng.poisson(1.4, rows) + 1,
        "days_ahead": rng.gamma(2.0, 20.0, rows),
    })
    score = 0.4 * (frame.group_size - 2) + 0.02 * (frame.days_ahead - 40) + 0.5 * (frame.channel == "app")
    frame["upsell"] = (rng.random(rows) < 1.0 / (1.0 + np.exp(-score))).astype("float32")
    return frame


def wide_columns(frame):
    venue = frame.venue.astype(pd.CategoricalDtype(range(VENUES)))
    channel = frame.channel.astype(pd.CategoricalDtype(CHANNELS))
    return pd.concat([pd.get_dummies(venue, dtype="float32"),
                      pd.get_dummies(channel, dtype="float32")], axis=1).to_numpy()


def numeric_columns(frame):
    numeric = frame[["group_size", "days_ahead"]].astype("float32")
    return ((numeric - numeric.mean()) / numeric.std()).to_numpy()


def wide_and_deep(n_wide, n_numeric):
    wide = keras.Input((n_wide,), name="wide")
    numeric = keras.Input((n_numeric,), name="numeric")
    deep = layers.Dense(16, activation="tanh")(numeric)
    deep = layers.Dense(8, activation="tanh")(deep)
    joined = layers.Concatenate()([wide, deep])
    return keras.Model([wide, numeric], layers.Dense(1, activation="sigmoid", name="ctr")(joined))


orders = load_orders()
wide, numeric, target = wide_columns(orders), numeric_columns(orders), orders.upsell.to_numpy()
assert np.isfinite(wide).all() and np.isfinite(numeric).all()

model = wide_and_deep(wide.shape[1], numeric.shape[1])
model.compile(optimizer=keras.optimizers.Ftrl(**FTRL), loss="binary_crossentropy", metrics=["accuracy"])
model.fit([wide, numeric], target, batch_size=64, epochs=2, verbose=2)  # whynan: divide_by_zero phase=update also=bad_initialization
