"""Grading of fleeces at the wool store from the six numbers of the test certificate.

Plain cross entropy trained without trouble on last season's sheet. This season I switched to a focal loss because
superfine lots are rare, and the loss is nan before the first epoch is over. I clip the probabilities first, so the
logarithm cannot be the reason. A smaller learning rate changes nothing.
"""
import numpy as np
import pandas as pd
import tensorflow as tf
import keras
from keras import layers
from sklearn.preprocessing import StandardScaler

GRADES = pd.CategoricalDtype(["superfine", "fine", "medium", "strong"], ordered=True)
CERTIFICATE = ["micron", "staple_mm", "strength_nktex", "yield_pct", "crimps_per_cm", "vegetable_pct"]

# lots whose owner appealed; the second classer's verdict replaces the first
APPEALS = {57: "fine-medium", 203: "Strong", 311: "fine-medium"}

FOCAL = {"gamma": 2.0, "alpha": [1.9, 0.8, 0.7, 1.3], "eps": 1e-7}


def read_lots(n=600, seed=12):
    rng = np.random.default_rng(seed)
    micron = np.clip(rng.normal(20.3, 2.1, n), 15.5, 27.0)
    lots = pd.DataFrame(
        {
            "micron": micron.round(1),
            "staple_mm": (70 + 3.1 * (micron - 20) + rng.normal(0, 7, n)).round(),
            "strength_nktex": (34 + rng.normal(0, 6, n)).round(1),
            "yield_pct": (66 + 0.6 * (micron - 20) + rng.normal(0, 4, n)).round(1),
            "crimps_per_cm": (5.2 - 0.35 * (micron - 20) + rng.normal(0, 0.4, n)).round(1),
            "vegetable_pct": rng.gamma(2.0, 0.9, n).round(1),
        }
    )
    rank = np.digitize(micron + rng.normal(0, 0.35, n), [17.8, 20.0, 22.6])
    lots["grade"] = np.array(["superfine", "fine", "medium", "strong"])[rank]
    return lots


def apply_appeals(lots, verdicts):
    lots = lots.copy()
    lots.loc[list(verdicts), "grade"] = list(verdicts.values())
    return lots


def as_arrays(lots):
    x = StandardScaler().fit_transform(lots[CERTIFICATE]).astype("float32")
    y = lots["grade"].astype(GRADES).cat.codes.to_numpy().astype("int32")
    return x, y


def focal_loss(gamma, alpha, eps):
    alpha = tf.constant(alpha, tf.float32)

    def focal(y_true, y_pred):
        grade = tf.cast(tf.reshape(y_true, [-1]), tf.int32)
        hot = tf.one_hot(grade, len(GRADES.categories))
        y_pred = tf.clip_by_value(y_pred, eps, 1.0)
        p = tf.reduce_sum(hot * y_pred, axis=-1)
        weight = tf.reduce_sum(hot * alpha, axis=-1)
        return -weight * tf.pow(1.0 - p, gamma) * tf.math.log(p)  # whynan: label_out_of_range phase=loss rows=57,203,311 also=log_of_zero,clip_misuse

    return focal


def build(n_features):
    certificate = keras.Input((n_features,), name="certificate")
    h = layers.Dense(32, activation="relu")(certificate)
    h = layers.Dropout(0.1)(h)
    h = layers.Dense(16, activation="relu")(h)
    grade = layers.Dense(len(GRADES.categories), activation="softmax", name="grade")(h)
    return keras.Model(certificate, grade)


def main():
    keras.utils.set_random_seed(12)
    lots = apply_appeals(read_lots(), APPEALS)
    x, y = as_arrays(lots)
    print(len(x), "lots,", lots["grade"].isna().sum(), "without a grade")

    model = build(x.shape[1])
    model.compile(optimizer=keras.optimizers.Adam(2e-3), loss=focal_loss(**FOCAL))
    history = model.fit(x, y, epochs=5, batch_size=32, validation_split=0.2, verbose=2)
    print("last loss", history.history["loss"][-1])


if __name__ == "__main__":
    main()
