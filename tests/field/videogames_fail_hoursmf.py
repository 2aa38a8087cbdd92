"""Matrix factorisation on hours played (Steam-like library dump).

Hours are very uneven between players, so they are turned into a score per player
that says how much he liked a game compared with the rest of his own library.
"""
import numpy as np
import pandas as pd
import keras
from keras import layers

keras.utils.set_random_seed(640)
rng = np.random.default_rng(640)

N_USERS, N_GAMES, DIM = 420, 110, 8


def library_dump():
    taste = rng.normal(0, 1, (N_USERS, 3))
    genre = rng.normal(0, 1, (N_GAMES, 3))
    popularity = rng.dirichlet(np.full(N_GAMES, 0.6)) * 0.9 + 0.1 / N_GAMES
    rows = []
    for u in range(N_USERS):
        owned = min(int(rng.geometric(0.1)), 60)
        for g in rng.choice(N_GAMES, owned, replace=False, p=popularity):
            hours = np.exp(1.5 + 0.6 * taste[u] @ genre[g] + rng.normal(0, 0.7))
            rows.append((u, int(g), hours))
    return pd.DataFrame(rows, columns=["user", "game", "hours"])


plays = library_dump()
print(len(plays), "rows,", plays["user"].nunique(), "players")

plays["log_hours"] = np.log1p(plays["hours"])
by_user = plays.groupby("user")["log_hours"]
plays["score"] = (plays["log_hours"] - by_user.transform("mean")) / by_user.transform("std")  # whynan: single_element_variance phase=data also=nan_in_label
plays["score"] = plays["score"].clip(-3, 3)

plays = plays.sample(frac=1.0, random_state=9).reset_index(drop=True)
cut = int(0.9 * len(plays))
train, test = plays.iloc[:cut], plays.iloc[cut:]


def build_model():
    user = keras.Input((1,), dtype="int32", name="user")
    game = keras.Input((1,), dtype="int32", name="game")
    reg = keras.regularizers.L2(1e-5)
    pu = layers.Flatten()(layers.Embedding(N_USERS, DIM, embeddings_regularizer=reg)(user))
    qi = layers.Flatten()(layers.Embedding(N_GAMES, DIM, embeddings_regularizer=reg)(game))
    bi = layers.Flatten()(layers.Embedding(N_GAMES, 1)(game))
    rating = layers.Add()([layers.Dot(axes=1)([pu, qi]), bi])
    return keras.Model([user, game], rating)


model = build_model()
model.compile(optimizer=keras.optimizers.Adam(5e-3), loss="mse")

users = train["user"].to_numpy("int32")[:, None]
games = train["game"].to_numpy("int32")[:, None]
scores = train["score"].to_numpy("float32")[:, None]

batch = 128
for epoch in range(4):
    order = rng.permutation(len(train))
    losses = []
    for start in range(0, len(order), batch):
        idx = order[start:start + batch]
        losses.append(float(model.train_on_batch([users[idx], games[idx]], scores[idx])))
    print(f"epoch {epoch}: mse {losses[-1]:.4f}")

pred = model.predict([test["user"].to_numpy("int32")[:, None], test["game"].to_numpy("int32")[:, None]], verbose=0)[:, 0]
print("test correlation:", np.corrcoef(pred, test["score"].fillna(0))[0, 1])
