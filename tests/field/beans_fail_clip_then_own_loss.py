"""Sorting dry beans into seven varieties from the shape measurements of the seed scanner.

I wrote the cross-entropy myself because I want to weight varieties later. Loss is nan from the very first epoch and the
accuracy stays at one variety, even though the probabilities are clipped before the logarithm.
"""
import numpy as np
import pandas as pd
import tensorflow as tf
import keras

VARIETIES = {  # mean area in scanner pixels, elongation, roundness
    "Barbunya": (69800, 1.54, 0.80),
    "Bombay": (173500, 1.59, 0.86),
    "Cali": (75500, 1.73, 0.85),
    "Dermason": (32100, 1.49, 0.91),
    "Horoz": (53600, 2.03, 0.79),
    "Seker": (39900, 1.25, 0.94),
    "Sira": (44700, 1.57, 0.88),
}


def scan(per_variety, rng):
    parts = []
    for name, (area, elongation, roundness) in VARIETIES.items():
        a = rng.normal(area, 0.12 * area, per_variety).clip(15000)
        e = rng.normal(elongation, 0.07, per_variety).clip(1.02)
        r = rng.normal(roundness, 0.03, per_variety).clip(0.5, 0.99)
        major = np.sqrt(4 * a * e / np.pi)
        parts.append(pd.DataFrame({
            "area": a,
            "perimeter": np.sqrt(4 * np.pi * a / r),
            "major_axis": major,
            "minor_axis": major / e,
            "convex_area": a * rng.uniform(1.005, 1.02, per_variety),
            "roundness": r,
            "elongation": e,
            "variety": name,
        }))
    return pd.concat(parts).sample(frac=1.0, random_state=3).reset_index(drop=True)


def variety_loss(y_true, y_pred):
    # keep the probabilities away from zero
    tf.clip_by_value(y_pred, 1e-15, 1.0)
    per_class = y_true * tf.math.log(y_pred)  # whynan: log_of_zero phase=loss also=unscaled_input,clip_misuse,exp_underflow
    return -tf.reduce_sum(per_class, axis=-1)


def main():
    keras.utils.set_random_seed(17)
    beans = scan(180, np.random.default_rng(17))
    onehot = pd.get_dummies(beans.pop("variety"))
    x = beans.to_numpy("float32")
    y = onehot.to_numpy("float32")
    cut = int(0.8 * len(x))

    model = keras.Sequential([
        keras.layers.Input((x.shape[1],)),
        keras.layers.Dense(32, activation="relu"),
        keras.layers.Dense(16, activation="relu"),
        keras.layers.Dense(y.shape[1], activation="softmax"),
    ])
    model.compile(optimizer="adam", loss=variety_loss, metrics=["accuracy"])
    model.fit(x[:cut], y[:cut], validation_data=(x[cut:], y[cut:]), epochs=6, batch_size=32, verbose=2)
    guesses = model.predict(x[cut:], verbose=0).argmax(axis=1)
    print(pd.Series(onehot.columns[guesses]).value_counts())


if __name__ == "__main__":
    main()
