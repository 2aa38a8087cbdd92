"""Horse racing: learn a score per runner from the order of finish, Plackett-Luce likelihood (ListMLE).

The loss takes the maximum off before the exponential so that it can not overflow (that is in every blog about the
log-sum-exp trick). Nevertheless the first epoch shows -inf and everything after it nan.
"""
import numpy as np
import pandas as pd
import tensorflow as tf
import keras

keras.utils.set_random_seed(66)
RUNNERS = 10
COLUMNS = ["age", "carried_kg", "draw", "days_since_run", "win_rate", "career_earnings_eur"]


def season(races=360, seed=21):
    rng = np.random.default_rng(seed)
    n = races * RUNNERS
    talent = rng.standard_normal(n)
    table = pd.DataFrame({
        "race": np.repeat(np.arange(races), RUNNERS),
        "age": rng.integers(2, 9, n),
        "carried_kg": np.round(56 + 2 * rng.standard_normal(n), 1),
        "draw": np.tile(np.arange(1, RUNNERS + 1), races),
        "days_since_run": rng.integers(6, 120, n),
        "win_rate": np.clip(0.1 + 0.06 * talent + 0.03 * rng.standard_normal(n), 0, 1),
        "career_earnings_eur": np.round(np.exp(9.6 + 0.9 * talent + 0.6 * rng.standard_normal(n)), 0),
    })
    speed = talent - 0.15 * (table["carried_kg"] - 56) + 0.8 * rng.gumbel(size=n)
    table["finish"] = speed.groupby(table["race"]).rank(ascending=False).astype(int)
    return table


def to_cards(table):
    """(races, runners, features) and (races, runners) place of each runner."""
    x = table[COLUMNS].to_numpy("float32").reshape(-1, RUNNERS, len(COLUMNS))
    return x, table["finish"].to_numpy("float32").reshape(-1, RUNNERS)


@keras.saving.register_keras_serializable("racing")
class PlackettLuce(keras.losses.Loss):
    def call(self, finish, score):
        order = tf.argsort(finish, axis=1)
        s = tf.gather(score, order, batch_dims=1)
        s = s - tf.reduce_max(s, axis=1, keepdims=True)
        still_running = tf.cumsum(tf.exp(s), axis=1, reverse=True)
        return tf.reduce_sum(tf.math.log(still_running) - s, axis=1)  # whynan: exp_underflow phase=loss also=log_of_zero,unscaled_input


class Handicapper(keras.Model):
    def __init__(self, units=(32, 16)):
        super().__init__()
        self.hidden = [keras.layers.Dense(u, activation="relu") for u in units]
        self.drop = keras.layers.Dropout(0.1)
        self.score = keras.layers.Dense(1, use_bias=False)

    def call(self, card, training=False):
        h = card
        for layer in self.hidden:
            h = self.drop(layer(h), training=training)
        return tf.squeeze(self.score(h), axis=-1)


def favourite_wins(finish, score):
    pick = tf.argmax(score, axis=1)
    return tf.cast(tf.equal(tf.gather(finish, pick, axis=1, batch_dims=1), 1.0), tf.float32)


cards, finish = to_cards(season())
print("winner of race 0:", int(np.argmin(finish[0])) + 1, "of", RUNNERS)
split = 300
model = Handicapper()
model.compile(optimizer=keras.optimizers.Adam(1e-3), loss=PlackettLuce(), metrics=[favourite_wins])
model.fit(cards[:split], finish[:split], validation_data=(cards[split:], finish[split:]),
          batch_size=30, epochs=6, verbose=2)
