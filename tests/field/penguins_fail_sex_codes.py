"""Predict the sex of a penguin from four measurements (field book of the station, typed in as csv).

I dropped the birds without measurements. The own loss is the usual negative log likelihood, with a minimum so that the
probability cannot reach exactly one. In the first epoch the loss is inf, then nan for ever.
"""
import os
import tempfile

import numpy as np
import pandas as pd
import tensorflow as tf

import keras

keras.utils.set_random_seed(344)

MEASURES = ["bill_length_mm", "bill_depth_mm", "flipper_mm", "mass_g"]
NOT_MEASURED = [3, 271]
SEX_UNCLEAR = [8, 47, 110, 178, 256]


def type_in_field_book(path, birds=300):
    rng = np.random.default_rng(7)
    male = rng.integers(0, 2, size=birds)
    measured = np.column_stack(
        [
            42.0 + 3.6 * male + rng.normal(0, 2.0, birds),
            16.4 + 1.5 * male + rng.normal(0, 0.7, birds),
            197.0 + 7.0 * male + rng.normal(0, 5.0, birds),
            3860.0 + 680.0 * male + rng.normal(0, 260.0, birds),
        ]
    ).round(1)
    book = pd.DataFrame(measured, columns=MEASURES)
    book["sex"] = np.where(male == 1, "MALE", "FEMALE")
    book.loc[NOT_MEASURED, MEASURES + ["sex"]] = np.nan
    book.loc[SEX_UNCLEAR, "sex"] = np.nan
    book.to_csv(path, index_label="bird")


def read_field_book(path):
    book = pd.read_csv(path, index_col="bird")
    book = book.dropna(subset=MEASURES).reset_index(drop=True)
    measures = (book[MEASURES] - book[MEASURES].mean()) / book[MEASURES].std()
    sex = book["sex"].astype("category").cat.codes
    return measures.to_numpy("float32"), sex.to_numpy()


@keras.saving.register_keras_serializable("station")
class PickedLogLikelihood(keras.losses.Loss):
    def __init__(self, classes, ceiling=1.0 - 1e-6, name="picked_log_likelihood"):
        super().__init__(name=name)
        self.classes = classes
        self.ceiling = ceiling

    def call(self, y_true, y_pred):
        hot = tf.one_hot(tf.cast(tf.reshape(y_true, [-1]), tf.int32), self.classes)
        picked = tf.reduce_sum(hot * y_pred, axis=-1)
        picked = tf.minimum(picked, self.ceiling)
        return -tf.math.log(picked)  # whynan: label_out_of_range phase=loss rows=7,46,109,177,255 also=log_of_zero


def sexing_model(classes):
    return keras.Sequential(
        [
            keras.Input((len(MEASURES),)),
            keras.layers.Dense(16, activation="tanh", kernel_regularizer="l2"),
            keras.layers.Dense(16, activation="tanh"),
            keras.layers.Dense(classes, activation="softmax"),
        ]
    )


with tempfile.TemporaryDirectory() as station:
    csv = os.path.join(station, "field_book.csv")
    type_in_field_book(csv)
    measures, sex = read_field_book(csv)

print(len(sex), "birds")
model = sexing_model(classes=2)
model.compile(optimizer=keras.optimizers.Nadam(2e-3), loss=PickedLogLikelihood(classes=2))
model.fit(measures, sex, batch_size=16, epochs=5, verbose=2)
