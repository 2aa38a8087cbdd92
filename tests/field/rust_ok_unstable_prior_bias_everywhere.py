"""Rust grade (1 to 4) of steel plates from 20 readings of the eddy current probe. The bias start comes from a detection
paper that we use elsewhere in the group. Loss stays at 1.386 whatever I do: learning rate, batch size, more layers.
A random forest does far better than chance on the same table, so there is something to be learnt.
"""
import math
from functools import partial

import keras
import numpy as np
from keras import layers
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

CONFIG = {
    "prior": 0.001,
    "widths": (48, 48, 24),
    "rate": 2e-3,
    "batch": 50,
    "epochs": 12,
}


def plates(n=1200, seed=16):
    rng = np.random.default_rng(seed)
    readings = rng.normal(size=(n, 20))
    corrosion = 2.0 * readings[:, 0] + 1.5 * readings[:, 4] - readings[:, 9] + 0.3 * rng.normal(size=n)
    grade = np.digitize(corrosion, np.quantile(corrosion, [0.25, 0.5, 0.75]))
    offset, gain = rng.uniform(-3.0, 8.0, 20), rng.uniform(0.5, 4.0, 20)
    return readings * gain + offset, grade


def hidden_layer(prior):
    start = keras.initializers.Constant(-math.log((1.0 - prior) / prior))
    return partial(layers.Dense, activation="relu", bias_initializer=start)


def build(config, n_readings, n_grades):
    Hidden = hidden_layer(config["prior"])
    inputs = keras.Input((n_readings,))
    x = inputs
    for number, width in enumerate(config["widths"], start=1):
        x = Hidden(width, name=f"hidden_{number}")(x)
    outputs = layers.Dense(n_grades, activation="softmax", name="grade")(x)
    model = keras.Model(inputs, outputs, name="rust")
    model.compile(
        optimizer=keras.optimizers.Adam(config["rate"]),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model


def main():
    keras.utils.set_random_seed(16)
    readings, grade = plates()
    x_train, x_test, y_train, y_test = train_test_split(readings, grade, test_size=0.25, random_state=16)
    scaler = StandardScaler().fit(x_train)
    x_train, x_test = scaler.transform(x_train), scaler.transform(x_test)

    forest = RandomForestClassifier(60, random_state=16).fit(x_train, y_train)
    print(f"random forest: {forest.score(x_test, y_test):.2f}")

    model = build(CONFIG, x_train.shape[1], 4)
    model.fit(  # whynan: unstable
        x_train.astype("float32"),
        y_train,
        validation_data=(x_test.astype("float32"), y_test),
        batch_size=CONFIG["batch"],
        epochs=CONFIG["epochs"],
        verbose=2,
    )


if __name__ == "__main__":
    main()
