"""Small matrix-factorisation recommender for the kimchi subscription box.

Every row is (customer, jar, stars). We want to predict the stars a customer would
give to a jar they have not had yet.
"""
import sys

import numpy as np
import pandas as pd
import keras
from keras import layers

keras.utils.set_random_seed(11)

N_CUSTOMERS, N_JARS, DIM = 900, 140, 12
EPS = sys.float_info.min


def make_reviews(n=6000):
    rng = np.random.default_rng(11)
    taste = rng.normal(size=(N_CUSTOMERS, 3))
    jar = rng.normal(size=(N_JARS, 3))
    c = rng.integers(0, N_CUSTOMERS, n)
    j = rng.integers(0, N_JARS, n)
    score = 3.2 + 0.6 * np.sum(taste[c] * jar[j], axis=1) + rng.normal(0, 0.4, n)
    return pd.DataFrame(
        {"customer": c, "jar": j, "stars": np.clip(np.round(score), 1, 5)}
    )


def build():
    cust_in = layers.Input((), dtype="int32", name="customer")
    jar_in = layers.Input((), dtype="int32", name="jar")
    c = layers.Embedding(N_CUSTOMERS, DIM, name="customer_vec")(cust_in)
    j = layers.Embedding(N_JARS, DIM, name="jar_vec")(jar_in)
    cb = layers.Embedding(N_CUSTOMERS, 1, name="customer_bias")(cust_in)
    jb = layers.Embedding(N_JARS, 1, name="jar_bias")(jar_in)
    match = layers.Dot(axes=-1)([c, j])
    out = layers.Add(name="stars")([match, cb, jb])
    return keras.Model([cust_in, jar_in], out)


df = make_reviews()
print(df.describe().round(2))
mean_stars = df["stars"].mean()

train = df.sample(frac=0.85, random_state=1)
test = df.drop(train.index)


def inputs(frame):
    return {
        "customer": frame["customer"].to_numpy("int32"),
        "jar": frame["jar"].to_numpy("int32"),
    }


def targets(frame):
    return (frame["stars"] - mean_stars).to_numpy("float32")[:, None]


model = build()
model.compile(
    optimizer=keras.optimizers.Adam(learning_rate=0.003, epsilon=EPS),
    loss="mse",
    metrics=["mae"],
)
model.fit(inputs(train), targets(train), batch_size=64, epochs=4, verbose=2, validation_data=(inputs(test), targets(test)))  # whynan: divide_by_zero phase=update

pred = model.predict(inputs(test), verbose=0)[:, 0] + mean_stars
rmse = np.sqrt(np.mean((pred - test["stars"].to_numpy()) ** 2))
print("test rmse in stars: %.3f" % rmse)

best = (
    pd.DataFrame({"jar": test["jar"], "pred": pred})
    .groupby("jar")["pred"].mean().sort_values(ascending=False).head(5)
)
print(best)
