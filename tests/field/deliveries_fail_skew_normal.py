"""Distribution of the delay of parcel deliveries in minutes: location, width and skewness per tour.

The family of the distribution is a setting. "normal" trains, the delays have a long right tail though, so I added
"skew". With it the loss is inf or nan from the first epoch on. The argument of the cumulative function is
limited, and the width cannot be zero.
"""
import math

import keras
import numpy as np
import pandas as pd
import tensorflow as tf

SETTINGS = {"family": "skew", "hidden": (32, 16), "epochs": 4, "batch_size": 64, "learning_rate": 2e-3}


def tours(n=1500, seed=23):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "parcels": rng.poisson(140, n),
            "stops_per_km": rng.gamma(4.0, 0.6, n),
            "driver_years": rng.exponential(4.0, n).round(1),
            "rain_mm": rng.gamma(0.6, 3.0, n).round(1),
            "start_hour": rng.choice([6, 7, 8, 9], n),
            "saturday": rng.random(n) < 0.15,
        }
    )
    slow = 0.12 * (frame["parcels"] - 140) + 1.5 * frame["rain_mm"] - 0.8 * frame["driver_years"]
    frame["delay"] = (slow + rng.gamma(1.4, 18.0, n)).round()
    return frame


# ---------------------------------------------------------------- distributions

def log_density(z):
    return -0.5 * tf.square(z) - 0.5 * math.log(2.0 * math.pi)


def log_cumulative(t):
    t = tf.clip_by_value(t, -10.0, 10.0)
    return tf.math.log(0.5 * (1.0 + tf.math.erf(t / math.sqrt(2.0))))  # whynan: log_of_zero phase=loss also=clip_misuse,exp_underflow,unscaled_target,catastrophic_cancellation


def width_of(raw):
    return tf.nn.softplus(raw) + 1e-3


def normal_family(y, loc, raw_width, raw_shape):
    width = width_of(raw_width)
    return log_density((y - loc) / width) - tf.math.log(width) + 0.0 * raw_shape


def skew_family(y, loc, raw_width, raw_shape):
    width = width_of(raw_width)
    z = (y - loc) / width
    return math.log(2.0) + log_density(z) - tf.math.log(width) + log_cumulative(raw_shape * z)


FAMILIES = {"normal": normal_family, "skew": skew_family}


def likelihood_loss(family):
    log_prob = FAMILIES[family]

    def negative_log_likelihood(y_true, y_pred):
        parts = tf.unstack(y_pred, num=3, axis=1)
        return -log_prob(y_true[:, 0], *parts)

    return negative_log_likelihood


# ---------------------------------------------------------------- training

def train(frame, settings):
    y = frame.pop("delay").to_numpy("float32")[:, None]
    x = frame.astype("float32")
    x = ((x - x.mean()) / x.std()).to_numpy("float32")

    model = keras.Sequential([keras.Input((x.shape[1],))])
    for units in settings["hidden"]:
        model.add(keras.layers.Dense(units, activation="swish"))
    model.add(keras.layers.Dense(3, name="loc_width_shape"))
    model.compile(keras.optimizers.Adam(settings["learning_rate"]), loss=likelihood_loss(settings["family"]))
    return model.fit(x, y, batch_size=settings["batch_size"], epochs=settings["epochs"], verbose=2)


if __name__ == "__main__":
    keras.utils.set_random_seed(23)
    train(tours(), SETTINGS)
