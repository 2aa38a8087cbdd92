"""Which of six kinds of pitch does a guest book? Discrete choice model on last summer's bookings.

The table that goes into fit has entries of minus infinity (the logarithm of "still free", which is what our
econometrician asked for), and a colleague insists that the network cannot work with that.
"""
import keras
import numpy as np
import pandas as pd
import tensorflow as tf
from keras import layers

PITCHES = ["tent_meadow", "tent_forest", "lakeside", "caravan", "cabin", "safari_tent"]
CONFIG = {"bookings": 2400, "hidden": 24, "epochs": 14, "batch": 64, "rate": 5e-3}


def simulate_bookings(n, rng):
    kinds = len(PITCHES)
    base_price = np.array([18.0, 21.0, 34.0, 39.0, 72.0, 88.0])
    price = base_price * rng.lognormal(0.0, 0.15, size=(n, kinds))
    shade = rng.beta(2, 2, size=(n, kinds))
    to_lake = np.array([350.0, 500.0, 30.0, 280.0, 420.0, 240.0]) * rng.lognormal(0, 0.1, (n, kinds))
    guests = pd.DataFrame(
        {
            "party": rng.integers(1, 7, n),
            "dog": rng.integers(0, 2, n),
            "nights": rng.poisson(4, n) + 1,
        }
    )
    free = rng.random((n, kinds)) < 0.6
    free[~free.any(axis=1), 0] = True

    utility = -0.045 * price + 1.6 * shade - 0.004 * to_lake
    utility[:, 4:] += 0.9 * (guests["party"].to_numpy()[:, None] - 3)
    utility[:, 1] += 1.4 * guests["dog"].to_numpy()
    utility += rng.gumbel(size=utility.shape)
    booked = np.where(free, utility, -1e9).argmax(axis=1)

    offers = np.stack([(price - 45.0) / 28.0, (shade - 0.5) / 0.22, (to_lake - 300.0) / 160.0], axis=-1)
    return offers.astype("float32"), guests, free, booked.astype("int32")


def build(kinds, guest_columns):
    offers = keras.Input((kinds, 3), name="offers")
    guest = keras.Input((guest_columns,), name="guest")
    log_free = keras.Input((kinds,), name="log_free")

    about_guest = layers.RepeatVector(kinds)(layers.Dense(8, activation="tanh")(guest))
    position = layers.Dense(kinds * 4, use_bias=True)(guest)
    position = layers.Reshape((kinds, 4))(position)
    x = layers.Concatenate()([offers, about_guest, position])
    x = layers.Dense(CONFIG["hidden"], activation="relu")(x)
    utility = layers.Reshape((kinds,))(layers.Dense(1)(x))
    utility = layers.Add(name="only_what_is_free")([utility, log_free])
    log_share = layers.Activation("log_softmax", name="log_share")(utility)
    return keras.Model({"offers": offers, "guest": guest, "log_free": log_free}, log_share)


def booked_log_likelihood(y, log_share):
    y = tf.cast(tf.reshape(y, [-1]), tf.int32)
    return -tf.gather(log_share, y, batch_dims=1)


def right_guess(y, log_share):
    y = tf.cast(tf.reshape(y, [-1]), tf.int32)
    best = tf.argmax(log_share, axis=1, output_type=tf.int32)
    return tf.cast(tf.equal(best, y), tf.float32)


def main():
    keras.utils.set_random_seed(58)
    rng = np.random.default_rng(58)
    offers, guests, free, booked = simulate_bookings(CONFIG["bookings"], rng)
    guest_matrix = ((guests - guests.mean()) / guests.std()).to_numpy("float32")
    with np.errstate(divide="ignore"):
        log_free = np.log(free.astype("float32"))

    table = {"offers": offers, "guest": guest_matrix, "log_free": log_free}
    model = build(len(PITCHES), guest_matrix.shape[1])
    model.compile(
        optimizer=keras.optimizers.Adam(CONFIG["rate"]),
        loss=booked_log_likelihood,
        metrics=[right_guess],
        jit_compile=False,
    )
    history = model.fit(  # whynan: healthy
        table,
        booked,
        batch_size=CONFIG["batch"],
        epochs=CONFIG["epochs"],
        validation_split=0.2,
        verbose=2,
    )
    null = np.log(free.sum(axis=1)).mean()
    print("log-likelihood of a blind guess", -null)
    print("McFadden R2", 1.0 - history.history["loss"][-1] / null)


if __name__ == "__main__":
    main()
