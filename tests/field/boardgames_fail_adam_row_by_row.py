"""Ratings of board games by matrix factorisation, my own Adam that touches only the rows of the batch.

Keras' Adam moves all rows in every step, which is slow with the full catalogue, so each row has its own moments and its
own number of steps. Two epochs look perfect, the rmse falls as it should; in the third epoch it is nan. First it is
only the most popular game whose vector is nan, later everything.
"""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(15)

PLAYERS, GAMES, RATINGS = 300, 120, 6400
FACTORS, BATCH, EPOCHS = 12, 128, 7


def rating_log():
    rng = np.random.default_rng(15)
    popularity = 1.0 / np.arange(1, GAMES + 1)
    game = rng.choice(GAMES, size=RATINGS, p=popularity / popularity.sum())
    player = rng.integers(0, PLAYERS, size=RATINGS)
    taste, style = rng.normal(size=(PLAYERS, 3)), rng.normal(size=(GAMES, 3))
    quality = rng.normal(0.0, 0.8, GAMES)
    stars = 6.8 + quality[game] + 0.7 * np.sum(taste[player] * style[game], axis=1) + rng.normal(0.0, 0.6, RATINGS)
    return player, game, np.clip(np.round(2.0 * stars) / 2.0, 1.0, 10.0).astype("float32")


class RowAdam:
    def __init__(self, table, rate=0.02, beta_1=0.9, beta_2=0.999, eps=1e-8):
        self.table = table
        self.rate, self.beta_1, self.beta_2, self.eps = rate, beta_1, beta_2, eps
        rows, width = table.shape
        self.m = np.zeros((rows, width), dtype="float32")
        self.v = np.zeros((rows, width), dtype="float32")
        self.steps = np.zeros((rows, 1), dtype="int8")  # one small counter for each row

    @staticmethod
    def add_up(slices, width):
        """A row can be in the batch several times."""
        rows, place = np.unique(slices.indices.numpy(), return_inverse=True)
        total = np.zeros((len(rows), width), dtype="float32")
        np.add.at(total, place.ravel(), slices.values.numpy())
        return rows, total

    def apply(self, slices):
        rows, g = self.add_up(slices, self.m.shape[1])
        self.steps[rows] += 1
        t = self.steps[rows].astype("float32")
        self.m[rows] = self.beta_1 * self.m[rows] + (1.0 - self.beta_1) * g
        self.v[rows] = self.beta_2 * self.v[rows] + (1.0 - self.beta_2) * g**2
        m_hat = self.m[rows] / (1.0 - self.beta_1**t)
        v_hat = self.v[rows] / (1.0 - self.beta_2**t)
        move = self.rate * m_hat / (np.sqrt(v_hat) + self.eps)  # whynan: int_overflow phase=update also=sqrt_of_negative
        self.table.scatter_nd_update(rows[:, None], self.table.numpy()[rows] - move)


def start(rows):
    return tf.Variable(tf.random.normal((rows, FACTORS), stddev=0.1))


def main():
    player, game, stars = rating_log()
    average = float(stars.mean())
    players, games = start(PLAYERS), start(GAMES)
    for_players, for_games = RowAdam(players), RowAdam(games)
    rng = np.random.default_rng(2)

    for epoch in range(EPOCHS):
        order = rng.permutation(RATINGS)
        squares = []
        for first in range(0, RATINGS, BATCH):
            pick = order[first : first + BATCH]
            with tf.GradientTape() as tape:
                p = tf.gather(players, player[pick])
                q = tf.gather(games, game[pick])
                # the first factor of a player is also his bias, the second factor of a game is also its bias
                guess = average + tf.reduce_sum(p * q, axis=1) + p[:, 0] + q[:, 1]
                error = tf.reduce_mean(tf.square(stars[pick] - guess))
                penalty = tf.reduce_mean(tf.reduce_sum(p**2 + q**2, axis=1))
                loss = error + 0.02 * penalty
            to_players, to_games = tape.gradient(loss, [players, games])
            for_players.apply(to_players)
            for_games.apply(to_games)
            squares.append(float(error))
        lost = int(np.isnan(games.numpy()).any(axis=1).sum())
        print(f"epoch {epoch + 1}: rmse {np.sqrt(np.mean(squares)):.3f}, games without a vector: {lost}")


if __name__ == "__main__":
    main()
