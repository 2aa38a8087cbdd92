"""Goals of the away team in the first half, Poisson regression with a small network (sports analytics seminar). The loss is
the Poisson log-likelihood from the slides, the network gives log(lambda) so that lambda is always positive. It looked
great at first, the loss goes down faster and faster, but then comes -inf and then nan.
"""
import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(90)
rng = np.random.default_rng(90)

matches = 1280
elo_diff = rng.normal(0, 130, matches)              # away minus home
form = rng.integers(0, 16, matches)                 # points of the last five games
rest_days = rng.integers(2, 9, matches)
derby = rng.random(matches) < 0.08
missing_players = rng.poisson(1.7, matches)

true_rate = np.exp(-0.75 + elo_diff / 400 + 0.02 * (form - 7) - 0.05 * missing_players)
goals = rng.poisson(true_rate).astype("float32").reshape(-1, 1)
print("mean goals", goals.mean(), "games without", (goals == 0).mean())

X = np.column_stack([elo_diff, form, rest_days, derby, missing_players]).astype("float32")
X = (X - X.mean(axis=0)) / X.std(axis=0)

split = 1024
train = tf.data.Dataset.from_tensor_slices((X[:split], goals[:split])).shuffle(split, seed=90).batch(32)
test = tf.data.Dataset.from_tensor_slices((X[split:], goals[split:])).batch(64)


def poisson_log_likelihood(y_true, log_rate):
    return y_true * log_rate - tf.exp(log_rate) - tf.math.lgamma(y_true + 1.0)  # whynan: wrong_sign_loss phase=loss|forward also=exp_overflow


inp = keras.Input((X.shape[1],), name="match")
h = layers.Dense(24, activation="relu")(inp)
log_rate = layers.Dense(1, name="log_rate")(h)
model = keras.Model(inp, log_rate)
model.compile(optimizer=keras.optimizers.SGD(0.005), loss=poisson_log_likelihood)
history = model.fit(train, epochs=12, verbose=2)

rates = np.exp(model.predict(test, verbose=0)).ravel()
print("expected goals of the first test games:", rates[:5].round(2), "real:", goals[split:split + 5].ravel())
