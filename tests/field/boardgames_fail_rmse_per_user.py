"""Which board game next?  Collaborative autoencoder for the app of our games cafe.

From a course on recommenders, where the loss was "mse".  The lecturer says that RMSE per
user is fairer, so I wrote that, and now the first batch has a normal loss (I looked with
verbose=1) and everything after it is nan.  Mse on the same matrix still works.
"""
import keras
import numpy as np
import pandas as pd
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(21)

N_USERS, N_GAMES, TASTES = 520, 110, 6


def cafe_log(seed=8):
    """One line per evening: who played what, for how many minutes, on which day."""
    rng = np.random.default_rng(seed)
    game_taste = rng.dirichlet(np.full(TASTES, 0.3), N_GAMES)
    fame = rng.pareto(1.3, N_GAMES) + 0.2
    rows = []
    for user in range(N_USERS):
        taste = rng.dirichlet(np.full(TASTES, 0.4))
        p = fame * (game_taste @ taste) + 1e-9
        p /= p.sum()
        evenings = rng.choice([1, 2, 4, 9, 16], p=[0.22, 0.20, 0.25, 0.20, 0.13])
        days = np.sort(rng.integers(0, 365, evenings))
        for day, game in zip(days, rng.choice(N_GAMES, evenings, p=p)):
            rows.append((user, int(game), int(day), float(np.round(rng.gamma(4.0, 18.0) + 10.0))))
    return pd.DataFrame(rows, columns=["user", "game", "day", "minutes"])


def leave_last_out(log):
    log = log.sort_values(["user", "day"], kind="stable")
    last = log.groupby("user").tail(1)
    return log.drop(last.index), last


def to_matrix(log):
    wide = log.pivot_table(index="user", columns="game", values="minutes", aggfunc="sum")
    wide = wide.reindex(index=range(N_USERS), columns=range(N_GAMES)).fillna(0.0)
    hours = np.log1p(wide / 60.0)
    longest = hours.max(axis=1).clip(lower=1e-6)
    return hours.div(longest, axis=0).to_numpy("float32")


def game_popularity(matrix):
    players = (matrix > 0).sum(axis=0)
    return np.log(players + 1.0) / np.log(len(matrix))


def rmse_per_user(y_true, y_pred):
    squared = tf.square(y_true - y_pred)
    return tf.sqrt(tf.reduce_mean(squared, axis=-1))  # whynan: sqrt_grad_at_zero phase=gradient also=norm_grad_at_zero


def autoencoder(code=24, noise=0.3):
    played = keras.Input((N_GAMES,), name="played")
    h = layers.Dropout(noise, name="forget_some_evenings")(played)
    h = layers.UnitNormalization()(h)
    h = layers.Dense(64, activation="relu", kernel_initializer="he_uniform")(h)
    h = layers.Dense(code, activation="relu", activity_regularizer=keras.regularizers.L1(1e-5))(h)
    h = layers.Dense(64, activation="relu", kernel_initializer="he_uniform")(h)
    wish = layers.Dense(N_GAMES, name="wish", kernel_regularizer=keras.regularizers.L2(1e-6))(h)
    return keras.Model(played, wish)


class HitRate(keras.callbacks.Callback):
    """Is the game of the last evening among the ten best that are new to the user?"""

    def __init__(self, seen, last, popularity, k=10):
        super().__init__()
        self.seen, self.k = seen, k
        self.users = last["user"].to_numpy()
        self.games = last["game"].to_numpy()
        self.discount = 0.05 / np.maximum(popularity, 0.1)

    def on_epoch_end(self, epoch, logs=None):
        score = self.model.predict(self.seen, verbose=0) + self.discount
        score[self.seen > 0] = -np.inf
        best = np.argsort(-score, axis=1)[:, :self.k]
        hits = (best[self.users] == self.games[:, None]).any(axis=1)
        gain = np.where(hits, 1.0 / np.log2(2.0 + (best[self.users] == self.games[:, None]).argmax(axis=1)), 0.0)
        print(f"   hit@{self.k} {hits.mean():.3f}  ndcg {gain.mean():.3f}")


def main():
    history, last = leave_last_out(cafe_log())
    matrix = to_matrix(history)
    print(matrix.shape, "filled", round(float((matrix > 0).mean()), 4), "all finite", np.isfinite(matrix).all())

    model = autoencoder()
    model.compile(optimizer=keras.optimizers.Adam(2e-3), loss=rmse_per_user)
    model.fit(matrix, matrix, batch_size=64, epochs=5, verbose=2,
              callbacks=[HitRate(matrix, last, game_popularity(matrix))])


main()
