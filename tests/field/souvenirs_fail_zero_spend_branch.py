"""How much does a museum visitor spend in the souvenir shop? Most spend nothing.

Buyers are compared on the log scale, the others by a small penalty on the predicted amount; tf.where chooses. The loss
function gives sensible numbers when I call it on random arrays, and the first batch of fit has a sensible loss too,
but then all of the weights are nan.
"""
import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(23)

COUNTRIES = ["at", "ch", "cz", "de", "fr", "it", "jp", "us"]


class Visitors:
    """Ticket desk records joined with the till of the shop."""

    def __init__(self, n, seed):
        rng = np.random.default_rng(seed)
        self.country = rng.integers(0, len(COUNTRIES), n).astype("int32")
        minutes = rng.gamma(4.0, 22.0, n)
        party = rng.integers(1, 6, n)
        guided = rng.integers(0, 2, n)
        self.visit = np.stack(
            [(minutes - 88.0) / 44.0, (party - 3.0) / 1.4, guided - 0.5], axis=1
        ).astype("float32")
        chance = 1 / (1 + np.exp(0.9 - 0.01 * (minutes - 88.0) - 0.25 * guided))
        buys = rng.uniform(size=n) < chance
        amount = np.exp(2.2 + 0.15 * party + 0.05 * self.country + rng.normal(0, 0.5, n))
        self.spend = np.where(buys, amount.round(2), 0.0).astype("float32")[:, None]

    @property
    def inputs(self):
        return {"country": self.country, "visit": self.visit}


def spend_loss(y_true, y_pred):
    bought = y_true > 0.0
    log_error = tf.square(tf.math.log(y_true) - tf.math.log(y_pred))  # whynan: where_gradient_trap phase=gradient also=log_of_zero
    small_is_good = 0.05 * tf.square(y_pred)
    return tf.reduce_mean(tf.where(bought, log_error, small_is_good))


def make_model(width=32):
    country = keras.Input((), dtype="int32", name="country")
    visit = keras.Input((3,), name="visit")
    home = layers.Embedding(len(COUNTRIES), 4)(country)
    h = layers.Concatenate()([home, visit])
    h = layers.Dense(width, activation="tanh")(h)
    h = layers.Dense(width, activation="tanh")(h)
    amount = layers.Dense(1, activation="softplus", name="amount")(h)
    return keras.Model({"country": country, "visit": visit}, amount)


def main():
    train, test = Visitors(900, seed=1), Visitors(200, seed=2)
    print(f"{(train.spend > 0).mean():.0%} of the visitors buy something")

    model = make_model()
    model.compile(optimizer=keras.optimizers.Adam(2e-3), loss=spend_loss)
    model.fit(
        train.inputs,
        train.spend,
        validation_data=(test.inputs, test.spend),
        batch_size=50,
        epochs=5,
        verbose=2,
    )
    print("first predictions", model.predict(test.inputs, verbose=0)[:4, 0])


main()
