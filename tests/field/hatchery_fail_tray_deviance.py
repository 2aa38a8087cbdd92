"""Share of hatched eggs per incubator tray, fitted with the binomial deviance.

The deviance of the untrained model over all trays is a normal one-digit number (I print it), so all counts are
handled. Still the first epoch shows loss: nan and predict() gives nan for every tray afterwards.
"""
import keras
import numpy as np
import pandas as pd
import tensorflow as tf
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(5)

FEATURES = ["temperature", "humidity", "hen_age_weeks", "storage_days", "turns_per_day"]
POWER_CUT = [57, 203, 311]  # trays of the incubator whose fuse blew


def tray_log(n=400, seed=23):
    rng = np.random.default_rng(seed)
    log = pd.DataFrame(
        {
            "temperature": rng.normal(37.6, 0.25, n),
            "humidity": rng.normal(55.0, 4.0, n),
            "hen_age_weeks": rng.integers(28, 64, n),
            "storage_days": rng.integers(1, 9, n),
            "turns_per_day": rng.choice([6, 12, 24], n),
        }
    )
    eggs = rng.integers(45, 73, n)
    logit = (
        0.4
        - 2.0 * (log["temperature"] - 37.6) ** 2
        - 0.02 * (log["hen_age_weeks"] - 45)
        - 0.08 * (log["storage_days"] - 4)
        + 0.01 * log["turns_per_day"]
    )
    chance = np.clip(1.0 / (1.0 + np.exp(-logit)), 0.25, 0.70)
    hatched = rng.binomial(eggs, chance)
    hatched[POWER_CUT] = 0
    return log.assign(eggs=eggs, hatched=hatched)


def share(observed, expected):
    """observed * log(observed / expected), with 0 for trays where nothing was observed."""
    return tf.math.multiply_no_nan(tf.math.log(observed / expected), observed)  # whynan: where_gradient_trap phase=gradient|loss rows=57,203,311 also=log_of_zero


def tray_deviance(y_true, y_pred):
    hatched, eggs = y_true[:, 0], y_true[:, 1]
    chance = tf.clip_by_value(y_pred[:, 0], 1e-4, 1.0 - 1e-4)
    return 2.0 * (share(hatched, eggs * chance) + share(eggs - hatched, eggs * (1.0 - chance)))


def hatch_model(width=16):
    inputs = keras.Input((len(FEATURES),), name="tray")
    x = keras.layers.Dense(width, activation="swish")(inputs)
    x = keras.layers.Dense(width, activation="swish")(x)
    chance = keras.layers.Dense(1, activation="sigmoid", name="chance")(x)
    return keras.Model(inputs, chance)


if __name__ == "__main__":
    log = tray_log()
    x = StandardScaler().fit_transform(log[FEATURES]).astype("float32")
    y = log[["hatched", "eggs"]].to_numpy("float32")

    model = hatch_model()
    start = tray_deviance(tf.constant(y), model(x))
    print(f"mean deviance before training: {float(tf.reduce_mean(start)):.2f}")

    model.compile(optimizer=keras.optimizers.Adam(2e-3, global_clipnorm=5.0), loss=tray_deviance)
    model.fit(x, y, validation_split=0.2, batch_size=32, epochs=5, verbose=2)
    print("predicted hatch rate of the first trays:", model.predict(x[:5], verbose=0)[:, 0])
