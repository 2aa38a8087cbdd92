"""I only care about the ranking of the flats, so the network maximises the correlation with the rent.

The progress bar goes down nicely (0.9 ... 0.4 ... 0.25) all through the first epoch and at the
very end of it the number flips to nan. No nan in the table, I checked twice.
"""
import numpy as np
import pandas as pd
import tensorflow as tf
import keras
from keras import layers
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler


def pearson_loss(y_true, y_pred):
    dt = y_true - tf.reduce_mean(y_true)
    dp = y_pred - tf.reduce_mean(y_pred)
    spread = tf.reduce_sum(tf.square(dt)) * tf.reduce_sum(tf.square(dp))
    r = tf.reduce_sum(dt * dp) / tf.sqrt(spread)  # whynan: divide_by_zero phase=forward|loss also=zero_variance_normalisation,single_element_variance
    r = tf.clip_by_value(r, -1.0, 1.0)
    return 1.0 - r


class RentRanker:
    features = ["area", "rooms", "floor", "year", "balcony", "km_centre"]

    def __init__(self, epochs=3, batch_size=32):
        self.epochs = epochs
        self.batch_size = batch_size
        self.scaler = StandardScaler()
        self.model = self._build()

    def _build(self):
        inputs = keras.Input((len(self.features),))
        x = layers.Dense(48, activation="elu")(inputs)
        x = layers.Dense(24, activation="elu")(x)
        score = layers.Dense(1, name="score")(x)
        model = keras.Model(inputs, score)
        model.compile(optimizer=keras.optimizers.Adam(2e-3), loss=pearson_loss)
        return model

    def fit(self, table, rent):
        x = self.scaler.fit_transform(table[self.features])
        return self.model.fit(x, rent, epochs=self.epochs, batch_size=self.batch_size, verbose=2)

    def score(self, table):
        return self.model.predict(self.scaler.transform(table[self.features]), verbose=0).ravel()


def load_flats(n=802):
    rng = np.random.default_rng(12)
    t = pd.DataFrame(
        {
            "area": rng.gamma(9.0, 8.0, n).round(1),
            "rooms": rng.integers(1, 6, n),
            "floor": rng.integers(0, 9, n),
            "year": rng.integers(1900, 2022, n),
            "balcony": rng.integers(0, 2, n),
            "km_centre": rng.exponential(4.0, n).round(2),
        }
    )
    rent = 6.5 * t["area"] + 70 * t["rooms"] + 55 * t["balcony"] - 28 * t["km_centre"]
    t["rent"] = (rent + rng.normal(0, 60, n) + 250).round(0)
    return t


def main():
    keras.utils.set_random_seed(5)
    flats = load_flats()
    assert not flats.isnull().values.any()
    train, test = train_test_split(flats, test_size=0.2, random_state=1)
    print(len(train), "flats for training,", len(test), "for testing")
    ranker = RentRanker()
    ranker.fit(train, train["rent"].to_numpy(dtype="float32"))
    print("test correlation:", np.corrcoef(ranker.score(test), test["rent"])[0, 1])


if __name__ == "__main__":
    main()
