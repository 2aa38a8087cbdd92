"""Matrix factorisation for a mixtape app: how long does a listener stay with a track?"""
import numpy as np
import pandas as pd
import keras
from keras import layers, optimizers

CONFIG = {
    "seed": 1984,
    "listeners": 120,
    "tracks": 90,
    "plays": 6000,
    "target": "ms_played",
    "rank": 16,
    "optimizer": {"kind": "sgd", "args": {"learning_rate": 0.1}},
    "batch_size": 64,
    "epochs": 5,
}

OPTIMIZERS = {"sgd": optimizers.SGD, "adam": optimizers.Adam, "adagrad": optimizers.Adagrad}


def play_log(cfg):
    rng = np.random.default_rng(cfg["seed"])
    taste = rng.normal(size=(cfg["listeners"], 4))
    style = rng.normal(size=(cfg["tracks"], 4))
    track_ms = rng.normal(228_000, 38_000, cfg["tracks"]).clip(95_000)

    listener = rng.integers(0, cfg["listeners"], cfg["plays"])
    track = rng.integers(0, cfg["tracks"], cfg["plays"])
    affinity = (taste[listener] * style[track]).sum(axis=1) + rng.normal(0, 0.8, cfg["plays"])
    share = 1 / (1 + np.exp(-(1.2 + 0.6 * affinity)))
    return pd.DataFrame(
        {
            "listener": listener.astype("int32"),
            "track": track.astype("int32"),
            "share": share,
            "ms_played": (share * track_ms[track]).round(),
            "skipped": (share < 0.25).astype(int),
        }
    )


def build_model(cfg):
    who = keras.Input(shape=(), dtype="int32", name="listener")
    what = keras.Input(shape=(), dtype="int32", name="track")
    p = layers.Embedding(cfg["listeners"], cfg["rank"], name="p")(who)
    q = layers.Embedding(cfg["tracks"], cfg["rank"], name="q")(what)
    score = layers.Dot(axes=1)([p, q])
    b_who = layers.Embedding(cfg["listeners"], 1, embeddings_initializer="zeros")(who)
    b_what = layers.Embedding(cfg["tracks"], 1, embeddings_initializer="zeros")(what)
    return keras.Model([who, what], layers.Add()([score, b_who, b_what]))


def build_optimizer(spec):
    return OPTIMIZERS[spec["kind"]](**spec["args"])


def fit_factors(cfg):
    keras.utils.set_random_seed(cfg["seed"])
    log = play_log(cfg)
    test = log.sample(frac=0.15, random_state=1)
    train = log.drop(test.index)

    model = build_model(cfg)
    model.compile(build_optimizer(cfg["optimizer"]), loss="mse")
    model.fit([train["listener"].to_numpy(), train["track"].to_numpy()], train[cfg["target"]].to_numpy("float32")[:, None], batch_size=cfg["batch_size"], epochs=cfg["epochs"], verbose=2)  # whynan: unscaled_target phase=loss|forward

    guess = model.predict([test["listener"].to_numpy(), test["track"].to_numpy()], verbose=0)[:, 0]
    return model, np.sqrt(np.mean((guess - test[cfg["target"]]) ** 2))


if __name__ == "__main__":
    model, rmse = fit_factors(CONFIG)
    print("test rmse:", rmse)
