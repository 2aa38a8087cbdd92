"""Do mussel shells come from a sheltered or an exposed shore?  Length, weight and shell thickness, each put into bins
whose edges the Discretization layer finds itself, then an embedding per bin.

A gradient boosted tree on the same table is right in nine of ten cases.  Our network stays at a coin's accuracy, the
loss does not move at all, whatever the learning rate.
"""
# whynan: unstable
import keras
import numpy as np
import pandas as pd
from keras import layers

keras.utils.set_random_seed(33)

UNITS_TO_SI = {"length": 1e-3, "weight": 1e-3, "thickness": 1e-6}  # mm -> m, g -> kg, um -> m
BINS = 8


def read_measurements(count=1600):
    """As the callipers and the balance write it: mm, g and micrometres."""
    rng = np.random.default_rng(5)
    length = rng.uniform(28, 95, count)
    exposed = rng.uniform(size=count) < 0.5
    weight = 9e-5 * length**2.9 * np.where(exposed, 1.25, 0.9) * rng.lognormal(0, 0.08, count)
    thickness = (700 + 11 * length) * np.where(exposed, 1.3, 0.95) * rng.lognormal(0, 0.09, count)
    frame = pd.DataFrame({"length": length, "weight": weight, "thickness": thickness})
    frame["exposed"] = exposed.astype("float32")
    return frame


def to_si(frame):
    out = frame.copy()
    for column, factor in UNITS_TO_SI.items():
        out[column] = out[column] * factor
    return out


def columns_of(frame):
    return {name: frame[name].to_numpy("float32")[:, None] for name in UNITS_TO_SI}


def binned_branch(name, column):
    value = keras.Input((1,), name=name)
    bins = layers.Discretization(num_bins=BINS, epsilon=0.005, name=f"{name}_bins")
    bins.adapt(column)
    code = layers.Embedding(BINS, 6, name=f"{name}_embedding")(bins(value))
    return value, layers.Flatten()(code)


def build(raw):
    branches = [binned_branch(name, column) for name, column in columns_of(raw).items()]
    inputs = {value.name: value for value, _ in branches}
    h = layers.Concatenate()([code for _, code in branches])
    h = layers.Dense(24, activation="relu")(h)
    out = layers.Dense(1, activation="sigmoid")(h)
    model = keras.Model(inputs, out)
    model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="binary_crossentropy", metrics=["accuracy"],
                  jit_compile=False)
    return model


raw = read_measurements()
model = build(raw)
table = to_si(raw)
train, test = table.iloc[:1280], table.iloc[1280:]
model.fit(
    columns_of(train),
    train["exposed"].to_numpy()[:, None],
    validation_data=(columns_of(test), test["exposed"].to_numpy()[:, None]),
    batch_size=64,
    epochs=10,
    verbose=2,
)
