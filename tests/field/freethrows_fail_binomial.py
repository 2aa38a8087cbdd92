import math

import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(33)


class SeasonBatches(keras.utils.PyDataset):
    """(features, [made, attempted]) per player and season, reshuffled every epoch."""

    def __init__(self, X, made, attempted, batch_size=64, seed=0, **kwargs):
        super().__init__(**kwargs)
        self.X = X.copy()
        self.made = made.copy()
        self.attempted = attempted.copy()
        self.batch_size = batch_size
        self.seed = seed

    def __len__(self):
        return math.ceil(len(self.X) / self.batch_size)

    def __getitem__(self, i):
        part = slice(i * self.batch_size, (i + 1) * self.batch_size)
        target = np.stack([self.made[part], self.attempted[part]], axis=1)
        return self.X[part], target.astype("float32")

    def on_epoch_end(self):
        # same seed -> same permutation, so the columns stay together
        for column in (self.X, self.made, self.attempted):
            np.random.RandomState(self.seed).shuffle(column)
            self.seed += 1


def simulate(n=1500, seed=12):
    r = np.random.default_rng(seed)
    height = r.normal(2.0, 0.09, n)
    age = r.uniform(19, 38, n)
    minutes = r.gamma(2.5, 500, n)
    three_pct = np.clip(r.normal(0.34, 0.06, n), 0.05, 0.5)
    guard = (height < 1.96).astype(float)
    skill = 1.15 + 0.25 * guard + 4.0 * (three_pct - 0.34) + r.normal(0, 0.25, n)
    attempted = 3 + r.poisson(minutes * r.uniform(0.02, 0.25, n))
    made = r.binomial(attempted, 1 / (1 + np.exp(-skill)))
    X = np.stack([(height - 2) / 0.09, (age - 28) / 5, np.log(minutes / 1000 + 0.05),
                  (three_pct - 0.34) / 0.06, guard], axis=1).astype("float32")
    return X, made, attempted


def binomial_nll(y_true, y_pred):
    k, n = y_true[:, 0], y_true[:, 1]
    eta = y_pred[:, 0]
    log_choose = tf.math.lgamma(n + 1.0) - tf.math.lgamma(k + 1.0) - tf.math.lgamma(n - k + 1.0)  # whynan: special_function_domain phase=loss|data also=label_out_of_range
    log_lik = log_choose + k * tf.math.log_sigmoid(eta) + (n - k) * tf.math.log_sigmoid(-eta)
    return -log_lik


X, made, attempted = simulate()
seasons = SeasonBatches(X, made, attempted)

model = keras.Sequential([
    layers.Input((X.shape[1],)),
    layers.Dense(32, activation="relu"),
    layers.Dense(16, activation="relu"),
    layers.Dense(1, name="logit"),
])
model.compile(optimizer=keras.optimizers.Adam(1e-3), loss=binomial_nll)
model.fit(seasons, epochs=15, verbose=2)

p = 1 / (1 + np.exp(-model.predict(X, verbose=0)[:, 0]))
print("predicted league average:", p.mean(), " observed:", made.sum() / attempted.sum())
