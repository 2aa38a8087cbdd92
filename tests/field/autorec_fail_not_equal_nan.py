"""Autoencoder recommender on a pivoted rating table (course project).

Films that a user has not rated are left out of the loss, exactly as in the paper. The input has no
nan any more (filled with 0), the loss has a mask, and still: loss: nan in the first line.
"""
import numpy as np
import pandas as pd
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(11)


def fake_movielens(n_users=220, n_movies=70, seed=4):
    rng = np.random.default_rng(seed)
    taste = rng.normal(size=(n_users, 3))
    genre = rng.normal(size=(n_movies, 3))
    records = []
    for user in range(n_users):
        seen = rng.choice(n_movies, size=rng.integers(6, 20), replace=False)
        for movie in seen:
            stars = 3.4 + 0.6 * taste[user] @ genre[movie] + rng.normal(0, 0.4)
            records.append((user + 1, movie + 1, float(np.clip(np.round(stars * 2) / 2, 0.5, 5.0))))
    return pd.DataFrame(records, columns=["userId", "movieId", "rating"])


ratings = fake_movielens()
print(ratings.head())

# users in rows, films in columns
table = ratings.pivot_table(index="userId", columns="movieId", values="rating")  # whynan: nan_mask_mismatch phase=data|forward|loss also=nan_in_label
print("table", table.shape, "filled:", round(float(table.notna().to_numpy().mean()), 3))

x = table.fillna(0).to_numpy(dtype="float32") / 5.0
y = table.to_numpy(dtype="float32") / 5.0
assert not np.isnan(x).any()


def rated_only_mse(y_true, y_pred):
    diff = tf.boolean_mask(y_true - y_pred, tf.not_equal(y_true, np.nan))
    return tf.reduce_mean(tf.square(diff))


def rated_only_mae(y_true, y_pred):
    known = tf.math.is_finite(y_true)
    return tf.reduce_mean(tf.abs(tf.boolean_mask(y_pred, known) - tf.boolean_mask(y_true, known)))


inp = keras.Input((y.shape[1],), name="ratings")
h = layers.GaussianNoise(0.05)(inp)
h = layers.Dense(64, activation="selu", kernel_initializer="lecun_normal")(h)
h = layers.Dense(16, activation="selu", kernel_initializer="lecun_normal")(h)
h = layers.Dropout(0.3)(h)
h = layers.Dense(64, activation="selu", kernel_initializer="lecun_normal")(h)
out = layers.Dense(y.shape[1], name="restored")(h)
autorec = keras.Model(inp, out)

autorec.compile(optimizer=keras.optimizers.Adam(1e-3), loss=rated_only_mse, metrics=[rated_only_mae])
autorec.fit(x, y, epochs=4, batch_size=32, verbose=2)

suggestion = autorec.predict(x[:1], verbose=0)[0]
print("top films for user 1:", table.columns[np.argsort(-suggestion)[:5]].tolist())
