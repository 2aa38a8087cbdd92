"""Homework 3: sound level of an airfoil with plain gradient descent, rate ten to the minus three.

Keras first wanted the rate as a float, that is solved. Now the loss is inf before the first epoch
is over. With the same rate the Matlab version of my friend works on the same table.
"""
import numpy as np
import keras
from keras import layers
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures, StandardScaler

CONFIG = {
    "hidden": 32,
    "epochs": 5,
    "batch": 32,
    "rate": 10 ^ -3,
    "momentum": 0.0,
    "seed": 2024,
}


def airfoil_table(n=1200, seed=0):
    rng = np.random.default_rng(seed)
    frequency = 10 ** rng.uniform(2.3, 4.3, n)
    angle = rng.uniform(0, 22, n)
    chord = rng.choice([0.0254, 0.0508, 0.1016, 0.1524, 0.2286, 0.3048], n)
    velocity = rng.choice([31.7, 39.6, 55.5, 71.3], n)
    thickness = 0.0004 + 0.002 * rng.random(n) * (1 + angle / 10)
    level = (
        132.0
        - 6.0 * np.abs(np.log10(frequency) - 3.1) ** 1.5
        - 0.35 * angle
        - 18.0 * chord
        + 0.09 * velocity
        - 900.0 * thickness
        + rng.normal(0, 1.2, n)
    )
    x = np.column_stack([np.log10(frequency), angle, chord, velocity, thickness])
    return x, level


def build(n_inputs, cfg):
    net = keras.Sequential(
        [
            keras.Input((n_inputs,)),
            layers.Dense(cfg["hidden"], activation="tanh"),
            layers.Dense(1),
        ]
    )
    rate = float(cfg["rate"])
    net.compile(
        optimizer=keras.optimizers.SGD(learning_rate=rate, momentum=cfg["momentum"]),
        loss="mean_squared_error",
    )
    return net


def run(cfg):
    keras.utils.set_random_seed(cfg["seed"])
    x, level = airfoil_table()
    x_train, x_test, y_train, y_test = train_test_split(x, level, random_state=cfg["seed"])

    prepare = make_pipeline(StandardScaler(), PolynomialFeatures(2, include_bias=False), StandardScaler())
    x_train = prepare.fit_transform(x_train)
    x_test = prepare.transform(x_test)
    centre, width = y_train.mean(), y_train.std()
    y_train = (y_train - centre) / width
    y_test = (y_test - centre) / width

    net = build(x_train.shape[1], cfg)
    log = net.fit(x_train, y_train, validation_data=(x_test, y_test), epochs=cfg["epochs"], batch_size=cfg["batch"], verbose=2)  # whynan: learning_rate_too_high phase=forward|loss|gradient|update also=wrong_sign_loss,exploding_gradient,lr_schedule_invalid
    return log.history


if __name__ == "__main__":
    history = run(CONFIG)
    print("losses:", history["loss"])
