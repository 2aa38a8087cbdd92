"""Seed bank: germination probability of an accession from its age, moisture and storage temperature.

Every tray has fifty seeds, the count goes into a binomial likelihood with the number of combinations, because we compare
likelihoods between species afterwards. All probabilities stay between 0.02 and 0.99, the network predicts sensibly, but the
loss that fit reports is inf in every epoch.
"""
import keras
import numpy as np
import pandas as pd
import tensorflow as tf

keras.utils.set_random_seed(50)
SEEDS_PER_TRAY = 50


class BinomialDeviance(keras.losses.Loss):
    """Negative log-likelihood of k germinated out of n; y_true holds (k, n), y_pred the logit."""

    def __init__(self, name="binomial", **kwargs):
        super().__init__(name=name, **kwargs)

    def call(self, y_true, y_pred):
        k, n = y_true[:, 0], y_true[:, 1]
        logit = tf.clip_by_value(y_pred[:, 0], -4.0, 4.6)
        log_ways = tf.math.lgamma(n + 1.0) - tf.math.lgamma(k + 1.0) - tf.math.lgamma(n - k + 1.0)  # whynan: label_out_of_range phase=loss rows=41,187,300 also=label_on_boundary
        log_p = -tf.nn.softplus(-logit)
        log_q = -tf.nn.softplus(logit)
        return -(log_ways + k * log_p + (n - k) * log_q)


def lab_book(n=420):
    rng = np.random.default_rng(50)
    book = pd.DataFrame(
        {
            "age_years": rng.gamma(3.0, 6.0, n),
            "moisture": rng.normal(6.5, 1.2, n),
            "freezer_c": rng.choice([-18.0, 4.0, 15.0], n, p=[0.6, 0.3, 0.1]),
            "mass_mg": rng.lognormal(1.0, 0.7, n),
        }
    )
    logit = 3.0 - 0.09 * book["age_years"] - 0.5 * (book["moisture"] - 6.5) - 0.03 * (book["freezer_c"] + 18.0)
    chance = 1.0 / (1.0 + np.exp(-logit))
    book["germinated"] = rng.binomial(SEEDS_PER_TRAY, chance)
    # trays that were read on two days and added up by hand
    book.loc[[41, 187, 300], "germinated"] = [51, 52, 51]
    book["germinated"] = book["germinated"].clip(lower=0)
    return book


def arrays(book):
    features = book[["age_years", "moisture", "freezer_c", "mass_mg"]].copy()
    features["mass_mg"] = np.log(features["mass_mg"])
    features = (features - features.mean()) / features.std()
    counts = np.stack([book["germinated"], np.full(len(book), SEEDS_PER_TRAY)], axis=1)
    return features.to_numpy("float32"), counts.astype("float32")


book = lab_book()
x, y = arrays(book)
model = keras.Sequential(
    [
        keras.Input((x.shape[1],)),
        keras.layers.Dense(16, activation="tanh"),
        keras.layers.Dense(1, name="logit"),
    ]
)
model.compile(optimizer=keras.optimizers.Adam(5e-3, clipnorm=1.0), loss=BinomialDeviance())
model.fit(x, y, batch_size=30, epochs=5, verbose=2)
chance = 1.0 / (1.0 + np.exp(-model.predict(x, verbose=0)[:, 0]))
print("predicted germination:", chance.min().round(3), "to", chance.max().round(3))
