"""Inharmonicity of piano strings from the scale sheet (length, diameter, tension, wrap, age of the wire).

Eight narrow layers. The textbook start for this kind of unit is a normal with the spread sqrt(2 / fan_in), so I give
it to every layer by hand because I wanted to play with the factor later. Columns and target are standardised, rate
0.01. The first epoch already reports nan. With Keras' own default start it trains without complaint, which I do not
understand, as the two are nearly the same number.
"""
import math

import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(88)

CONFIG = dict(depth=8, units=64, gain=2.0, rate=0.01, momentum=0.9, batch=32, epochs=5)


def scale_sheets(pianos=14, seed=88):
    rng = np.random.default_rng(seed)
    rows, answers = [], []
    for _ in range(pianos):
        size = rng.uniform(0.85, 1.2)
        for key in range(1, 89):
            length = size * 1.35 * 2 ** (-(key - 1) / 17.0) * rng.normal(1.0, 0.02)
            diameter = 1.45e-3 * 2 ** (-(key - 1) / 88.0) * rng.normal(1.0, 0.01)
            tension = rng.normal(720.0, 45.0)
            wrap = 1.0 + 1.6 * max(0, 27 - key) / 26
            age = rng.uniform(0, 60)
            bend = math.pi ** 3 * 2.0e11 * diameter ** 4 / (64 * tension * length ** 2)
            rows.append([length, diameter, tension, wrap, age])
            answers.append(math.log(bend) + 0.2 * (wrap - 1) + 0.002 * age + rng.normal(0, 0.05))
    return np.array(rows), np.array(answers)


class StandardScore:
    def fit(self, values):
        self.centre, self.spread = values.mean(axis=0), values.std(axis=0) + 1e-8
        return self

    def __call__(self, values):
        return ((values - self.centre) / self.spread).astype("float32")


def spread_for(fan_in, gain):
    return keras.initializers.RandomNormal(math.sqrt(gain / fan_in))


def string_model(config, n_features):
    inputs = keras.Input((n_features,))
    x = inputs
    for index in range(config["depth"]):
        x = layers.Dense(
            config["units"],
            kernel_initializer=spread_for(x.shape[-1], config["gain"]),
            name=f"layer_{index}",
        )(x)
        x = layers.LeakyReLU(negative_slope=0.2)(x)
    return keras.Model(inputs, layers.Dense(1, name="log_b")(x))


rows, answers = scale_sheets()
order = np.random.default_rng(1).permutation(len(rows))
rows, answers = rows[order], answers[order]
cut = int(0.85 * len(rows))
scale_x = StandardScore().fit(rows[:cut])
scale_y = StandardScore().fit(answers[:cut, None])

model = string_model(CONFIG, rows.shape[1])
model.compile(keras.optimizers.SGD(CONFIG["rate"], momentum=CONFIG["momentum"]), loss="mse", metrics=["mae"])
model.fit(scale_x(rows[:cut]), scale_y(answers[:cut, None]), batch_size=CONFIG["batch"], epochs=CONFIG["epochs"], verbose=2)  # whynan: bad_initialization phase=forward|loss|gradient|update also=exploding_gradient
print("held out:", model.evaluate(scale_x(rows[cut:]), scale_y(answers[cut:, None]), verbose=0))
