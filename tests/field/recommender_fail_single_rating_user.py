# Matrix factorisation on per-user z-scored ratings
import keras
import numpy as np
import pandas as pd
from keras import layers, ops

keras.utils.set_random_seed(40)
rng = np.random.default_rng(40)

n = 520
ratings = pd.DataFrame({
    "user": [f"u{i % 40}" for i in range(n)],
    "item": rng.integers(0, 60, n),
    "rating": rng.uniform(0.5, 5.0, n).round(1),
})
ratings.loc[44, "user"] = "u900"       # signed up yesterday
ratings.loc[310, "user"] = "u901"


def zscore_per_user(df):
    g = df.groupby("user")["rating"]
    return (df["rating"] - g.transform("mean")) / g.transform("std")  # whynan: single_element_variance phase=data rows=44,310 also=nan_in_label,zero_variance_normalisation


target = zscore_per_user(ratings).to_numpy("float32")
user_idx, uniques = pd.factorize(ratings["user"])


class MF(keras.Model):
    def __init__(self, n_users, n_items, dim=8):
        super().__init__()
        self.u = layers.Embedding(n_users, dim)
        self.i = layers.Embedding(n_items, dim)
        self.bu = layers.Embedding(n_users, 1)
        self.bi = layers.Embedding(n_items, 1)

    def call(self, pair):
        u, i = pair[:, 0], pair[:, 1]
        dot = ops.sum(self.u(u) * self.i(i), axis=-1, keepdims=True)
        return dot + self.bu(u) + self.bi(i)


mf = MF(len(uniques), 60)
mf.compile(optimizer=keras.optimizers.Adagrad(0.1), loss="mse")
pairs = np.stack([user_idx, ratings["item"].to_numpy()], axis=1).astype("int32")
mf.fit(pairs, target[:, None], epochs=4, batch_size=40, verbose=2)
