"""Playground competition: price of second-hand items in a thrift app.

CV pipeline v4. Metric of the competition is RMSLE, so we train on it directly.
"""
import time
import warnings

import numpy as np
import pandas as pd
import keras
import tensorflow as tf
from sklearn.model_selection import KFold
from sklearn.preprocessing import StandardScaler

warnings.filterwarnings("ignore")


class CFG:
    seed = 2024
    n_folds = 3
    epochs = 4
    batch_size = 256
    lr = 2e-3


COUNTS = ["views", "likes", "questions", "photos", "followers", "words", "days_online", "past_sales"]
CATS = ["brand", "condition", "size", "town"]


def load_train():
    rng = np.random.default_rng(CFG.seed)
    n = 2400
    df = pd.DataFrame({c: rng.lognormal(1.5 + 0.3 * i, 1.0, n).astype(int) for i, c in enumerate(COUNTS)})
    df["brand"] = rng.choice(["zora", "hm", "levis", "nike", "noname"], n)
    df["condition"] = rng.choice(["new", "good", "worn"], n, p=[0.2, 0.6, 0.2])
    df["size"] = rng.choice(list("SML"), n)
    df["town"] = rng.choice(["north", "south", "east"], n)
    base = df["brand"].map({"zora": 12, "hm": 8, "levis": 22, "nike": 26, "noname": 4})
    cond = df["condition"].map({"new": 1.8, "good": 1.0, "worn": 0.5})
    df["price"] = (base * cond * rng.lognormal(0, 0.3, n) + np.log1p(df["likes"])).round(2)
    return df


def add_features(df):
    df = df.copy()
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = df["likes"] / df["views"]
    df["like_rate"] = rate.replace([np.inf, -np.inf], np.nan).fillna(0.0).clip(0, 5)
    for c in COUNTS:
        df[c] = np.log1p(df[c])
    for c in CATS:
        df[c] = df.groupby(c)[c].transform("size") / len(df) if c == "town" else pd.factorize(df[c])[0]
    return df


def rmsle(y_true, y_pred):
    d = tf.math.log1p(y_pred) - tf.math.log1p(y_true)  # whynan: log_of_negative phase=loss also=wrong_loss_for_activation
    return tf.sqrt(tf.reduce_mean(tf.square(d)))


def build_net(n_in):
    """selu net, worked well in last month's playground"""
    inp = keras.Input((n_in,), name="tab")
    x = inp
    for width in (96, 48):
        x = keras.layers.Dense(width, activation="selu", kernel_initializer="lecun_normal")(x)
    out = keras.layers.Dense(1, name="price")(x)
    net = keras.Model(inp, out)
    net.compile(keras.optimizers.AdamW(CFG.lr, weight_decay=1e-4), loss=rmsle)
    return net


def main():
    keras.utils.set_random_seed(CFG.seed)
    train = add_features(load_train())
    cols = [c for c in train.columns if c != "price"]
    X = train[cols].to_numpy("float64")
    y = train["price"].to_numpy("float32").reshape(-1, 1)
    assert np.isfinite(X).all() and y.min() > 0

    oof = np.zeros(len(y))
    scores = []
    kf = KFold(CFG.n_folds, shuffle=True, random_state=CFG.seed)
    for fold, (tr, va) in enumerate(kf.split(X)):
        t0 = time.time()
        sc = StandardScaler().fit(X[tr])
        Xtr, Xva = sc.transform(X[tr]).astype("float32"), sc.transform(X[va]).astype("float32")
        net = build_net(len(cols))
        net.fit(Xtr, y[tr], validation_data=(Xva, y[va]), epochs=CFG.epochs,
                batch_size=CFG.batch_size, verbose=0)
        oof[va] = net.predict(Xva, batch_size=1024, verbose=0).ravel()
        err = np.log1p(np.maximum(oof[va], 0)) - np.log1p(y[va].ravel())
        scores.append(np.sqrt(np.mean(err ** 2)))
        print(f"fold {fold}: rmsle {scores[-1]:.4f}  ({time.time() - t0:.1f}s)")

    print(f"CV {np.mean(scores):.4f} +- {np.std(scores):.4f}")
    sub = pd.DataFrame({"id": np.arange(len(oof)), "price": oof})
    print(sub.describe())


if __name__ == "__main__":
    main()
