"""Siamese network that learns evolutionary distances of virus segments, so that we need no alignment later.

loss: nan, val_loss: nan in epoch 1. The sequences are clean one-hot vectors and the distances of saturated pairs are
capped before training. When I train on the pairs inside one clade only, everything works.
"""
import numpy as np
import pandas as pd
import keras
from keras import layers, ops

keras.utils.set_random_seed(101)

SITES = 160
N_PAIRS = 320
N_TRAIN = 256
MAX_DISTANCE = 5.0


def simulate_pairs(seed=13):
    """Aligned segment pairs; a few of them compare with the outgroup."""
    rng = np.random.default_rng(seed)
    differing = rng.integers(4, 95, N_PAIRS)
    clade = np.array(["ingroup"] * N_PAIRS, dtype=object)
    outgroup = [37, 96, 151, 208]
    differing[outgroup] = [124, 120, 121, 129]
    clade[outgroup] = "outgroup"
    first = rng.integers(0, 4, (N_PAIRS, SITES))
    second = first.copy()
    for row, k in enumerate(differing):
        where = rng.choice(SITES, k, replace=False)
        second[row, where] = (second[row, where] + rng.integers(1, 4, k)) % 4
    return first, second, clade


class SubstitutionModel:
    """Observed share of differing sites -> expected substitutions per site."""

    def __init__(self, name="JC69"):
        self.name = name

    @staticmethod
    def p_distance(a, b):
        return (a != b).mean(axis=1)

    def correct(self, p):
        if self.name == "raw":
            return p
        return -0.75 * np.log(1.0 - 4.0 * p / 3.0)  # whynan: log_of_negative phase=data rows=37,151,208 also=nan_in_label,clip_misuse

    def __call__(self, a, b):
        return np.clip(self.correct(self.p_distance(a, b)), 0.0, MAX_DISTANCE)


def build_encoder():
    return keras.Sequential([
        keras.Input((SITES, 4)),
        layers.Conv1D(24, 7, strides=2, padding="same", activation="gelu"),
        layers.Conv1D(32, 5, strides=2, padding="same", activation="gelu"),
        layers.Flatten(),
        layers.Dense(48),
    ], name="segment_encoder")


class Contrast(layers.Layer):
    def call(self, left, right):
        gap = left - right
        return ops.concatenate([ops.abs(gap), ops.square(gap)], axis=-1)


def build_model():
    encoder = build_encoder()
    a = keras.Input((SITES, 4), name="a")
    b = keras.Input((SITES, 4), name="b")
    h = Contrast()(encoder(a), encoder(b))
    h = layers.Dense(32, activation="gelu")(h)
    return keras.Model([a, b], layers.Dense(1, activation="softplus")(h))


first, second, clade = simulate_pairs()
table = pd.DataFrame({"clade": clade, "p": SubstitutionModel.p_distance(first, second)})
table["distance"] = SubstitutionModel("JC69")(first, second)
print(table.groupby("clade")["distance"].agg(["count", "median", "max"]))

one_hot = np.eye(4, dtype="float32")
inputs = {"a": one_hot[first], "b": one_hot[second]}
target = table["distance"].to_numpy("float32")

model = build_model()
model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="huber", metrics=["mae"])
model.fit(
    [inputs["a"][:N_TRAIN], inputs["b"][:N_TRAIN]], target[:N_TRAIN],
    validation_data=([inputs["a"][N_TRAIN:], inputs["b"][N_TRAIN:]], target[N_TRAIN:]),
    batch_size=32, epochs=6, verbose=2,
)
