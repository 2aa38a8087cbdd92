"""Matrix factorisation with user and film biases, and the penalty weighted by the number of ratings (ALS-WR paper,
lambda = 0.065 as there). Instead of ALS I use plain SGD in Keras.

The error falls for a couple of steps, then grows and everything is nan before the second epoch is over. The error of
the ratings itself is only about 1, I do not see where it comes from. A smaller rank changes nothing.
"""
import keras
import numpy as np
from keras import ops

keras.utils.set_random_seed(21)


def simulate(n_users=600, n_films=120, rank=4, seed=21):
    rng = np.random.default_rng(seed)
    popularity = 0.03 + 0.9 * np.exp(-np.arange(n_films) / 30.0)
    activity = rng.beta(4, 2, n_users)
    seen = rng.random((n_users, n_films)) < activity[:, None] * popularity[None, :]
    taste = rng.normal(0, 0.5, (n_users, rank)) @ rng.normal(0, 0.7, (rank, n_films))
    level = 3.4 + rng.normal(0, 0.3, (n_users, 1)) + rng.normal(0, 0.4, (1, n_films))
    stars = np.clip(np.round(level + taste + rng.normal(0, 0.4, seen.shape)), 1, 5)
    user, film = np.nonzero(seen)
    order = rng.permutation(len(user))
    pairs = np.stack([user, film], axis=1)[order].astype("int32")
    return pairs, stars[user, film][order].astype("float32")[:, None], seen.sum(1), seen.sum(0)


class BiasedFactors(keras.Model):
    def __init__(self, user_counts, film_counts, mean, rank=8, lam=0.065):
        super().__init__()
        self.user_counts = user_counts.astype("float32")
        self.film_counts = film_counts.astype("float32")
        self.mean_stars, self.lam = float(mean), lam
        small = keras.initializers.RandomNormal(stddev=0.1, seed=5)
        small_too = keras.initializers.RandomNormal(stddev=0.1, seed=6)
        self.user_factors = self.add_weight(shape=(len(user_counts), rank), initializer=small, name="user_factors")
        self.film_factors = self.add_weight(shape=(len(film_counts), rank), initializer=small_too, name="film_factors")
        self.user_bias = self.add_weight(shape=(len(user_counts),), initializer="zeros", name="user_bias")
        self.film_bias = self.add_weight(shape=(len(film_counts),), initializer="zeros", name="film_bias")

    def penalty(self):
        users = ops.sum(ops.square(self.user_factors), axis=1) + ops.square(self.user_bias)
        films = ops.sum(ops.square(self.film_factors), axis=1) + ops.square(self.film_bias)
        return self.lam * (
            ops.sum(ops.multiply(self.user_counts, users)) + ops.sum(ops.multiply(self.film_counts, films))
        )

    def call(self, pairs):
        user, film = pairs[:, 0], pairs[:, 1]
        p = ops.take(self.user_factors, user, axis=0)
        q = ops.take(self.film_factors, film, axis=0)
        bias = ops.take(self.user_bias, user, axis=0) + ops.take(self.film_bias, film, axis=0)
        self.add_loss(self.penalty())
        return (self.mean_stars + bias + ops.sum(p * q, axis=1))[:, None]


pairs, stars, user_counts, film_counts = simulate()
print(len(pairs), "ratings; most active user", user_counts.max(), "most seen film", film_counts.max())

model = BiasedFactors(user_counts, film_counts, stars.mean())
model.compile(optimizer=keras.optimizers.SGD(learning_rate=0.1), loss="mse")
model.fit(pairs, stars, batch_size=512, epochs=8, verbose=2)  # whynan: regularization_too_large phase=forward|loss|gradient|update also=learning_rate_too_high,exploding_gradient
