"""Reorder quantities per depot and article with entity embeddings.

No error, no nan, but the loss stands at 1.0 (the variance of the standardised target) from the first epoch to the
last, whatever the width or the rate. A table of group means explains more than 80 per cent of the variance.
"""
import io

import keras
import numpy as np
import pandas as pd
import tensorflow as tf

keras.utils.set_random_seed(17)

N_DEPOTS, N_ARTICLES = 12, 40


def master_data():
    """Key lists from the ERP system, three characters each."""
    depots = [f"{k:03d}" for k in range(1, N_DEPOTS + 1)]
    articles = [f"{k:03d}" for k in range(1, N_ARTICLES + 1)]
    return {"depot": depots, "article": articles}


def orders_csv(master, n=900):
    rng = np.random.default_rng(23)
    depot_effect = rng.normal(0, 20, N_DEPOTS)
    article_effect = rng.normal(0, 30, N_ARTICLES)
    text = io.StringIO()
    text.write("week,depot,article,quantity\n")
    for i in range(n):
        d, a = rng.integers(N_DEPOTS), rng.integers(N_ARTICLES)
        quantity = 140 + depot_effect[d] + article_effect[a] + rng.normal(0, 8)
        text.write(f"{i // 20 + 1},{master['depot'][d]},{master['article'][a]},{quantity:.0f}\n")
    text.seek(0)
    return text


class KeyEncoder:
    def __init__(self, master):
        self.lookups = {name: keras.layers.StringLookup(vocabulary=keys) for name, keys in master.items()}

    def sizes(self):
        return {name: lookup.vocabulary_size() for name, lookup in self.lookups.items()}

    def __call__(self, frame):
        encoded = {}
        for name, lookup in self.lookups.items():
            keys = frame[name].astype(str).str.strip()
            encoded[name] = np.asarray(lookup(tf.constant(keys.tolist()))).astype("int32")
        return encoded


def entity_model(sizes, dim=6):
    inputs = {name: keras.Input((), dtype="int32", name=name) for name in sizes}
    parts = [keras.layers.Embedding(size, dim)(inputs[name]) for name, size in sizes.items()]
    h = keras.layers.Concatenate()(parts)
    h = keras.layers.Dense(32, activation="relu")(h)
    return keras.Model(inputs, keras.layers.Dense(1)(h))


master = master_data()
orders = pd.read_csv(orders_csv(master))
split = orders["week"] <= 36
train, later = orders[split], orders[~split]
mean, std = train["quantity"].mean(), train["quantity"].std()

encoder = KeyEncoder(master)
model = entity_model(encoder.sizes())
model.compile(optimizer=keras.optimizers.Adam(3e-3), loss="mse")
history = model.fit(
    encoder(train),
    ((train["quantity"] - mean) / std).to_numpy(dtype="float32"),
    validation_data=(encoder(later), ((later["quantity"] - mean) / std).to_numpy(dtype="float32")),
    batch_size=32,
    epochs=12,
    verbose=2,
)  # whynan: unstable
print("loss", history.history["loss"][0], "->", history.history["loss"][-1])
