"""Hypernetwork for a fleet of wind turbines: one small power-curve network per turbine.

Descriptors of the turbine (rotor, rating, hub height, ...) go through a trunk, heads turn the code into the
weights of a three-layer power curve, which sees wind, air density and turbulence. A single ordinary network
trains with the same optimizer; the hypernetwork reports nan in the first epoch. The mape was odd before, too.
"""
import numpy as np
import pandas as pd
import keras
from keras import layers, ops

keras.utils.set_random_seed(29)

CONFIG = {
    "turbines": 40,
    "records": 60,
    "code": 32,
    "hidden": 32,
    "head_stddev": 1.0,
    "optimizer": {"learning_rate": 1e-3, "momentum": 0.9},
    "batch_size": 64,
    "epochs": 4,
}
DESCRIPTORS = ["rotor_m", "rating_kw", "hub_m", "cut_in", "rated_speed", "age"]
WEATHER = ["wind", "density", "turbulence"]


def fleet(rng):
    n, m = CONFIG["turbines"], CONFIG["records"]
    rotor = rng.uniform(70.0, 150.0, n)
    machines = pd.DataFrame({
        "rotor_m": rotor,
        "rating_kw": 0.32 * rotor ** 2 * rng.uniform(0.85, 1.15, n),
        "hub_m": rng.uniform(70.0, 140.0, n),
        "cut_in": rng.uniform(2.5, 4.0, n),
        "rated_speed": rng.uniform(11.0, 14.0, n),
        "age": rng.integers(0, 18, n),
    })
    table = machines.loc[machines.index.repeat(m)].reset_index(drop=True)
    table["wind"] = 8.0 * rng.weibull(2.0, len(table))
    table["density"] = rng.normal(1.22, 0.04, len(table))
    table["turbulence"] = rng.beta(2.0, 14.0, len(table))
    span = table["rated_speed"] ** 3 - table["cut_in"] ** 3
    ramp = (table["wind"] ** 3 - table["cut_in"] ** 3) / span.clip(lower=1.0)
    share = (ramp * table["density"] / 1.22).clip(0.0, 1.0) * (1.0 - 0.004 * table["age"])
    table["share"] = (share - 0.1 * table["turbulence"]).clip(lower=0.0)
    return table


def standardised(frame):
    return ((frame - frame.mean()) / frame.std()).to_numpy("float32")


class GeneratedDense(layers.Layer):
    """Dense layer whose kernel and bias come from a code, one set per row of the batch."""

    def __init__(self, units, activation="linear", stddev=1.0, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.stddev = stddev
        self.act = keras.activations.get(activation)

    def head(self, size, code_shape):
        dense = layers.Dense(size, kernel_initializer=keras.initializers.RandomNormal(stddev=self.stddev))
        dense.build(code_shape)
        return dense

    def build(self, shapes):
        x_shape, code_shape = shapes
        self.fan_in = x_shape[-1]
        self.kernel_head = self.head(self.fan_in * self.units, code_shape)
        self.bias_head = self.head(self.units, code_shape)

    def call(self, inputs):
        x, code = inputs
        kernel = ops.reshape(self.kernel_head(code), (-1, self.fan_in, self.units))
        return self.act(ops.einsum("bi,bij->bj", x, kernel) + self.bias_head(code))


def build_model():
    turbine = keras.Input((len(DESCRIPTORS),), name="turbine")
    weather = keras.Input((len(WEATHER),), name="weather")
    code = layers.Dense(CONFIG["code"], activation="tanh")(turbine)
    code = layers.Dense(CONFIG["code"], activation="tanh")(code)
    h = weather
    for depth in range(2):
        h = GeneratedDense(CONFIG["hidden"], "leaky_relu", CONFIG["head_stddev"], name=f"curve_{depth}")([h, code])
    power = GeneratedDense(1, "linear", CONFIG["head_stddev"], name="power")([h, code])
    return keras.Model({"turbine": turbine, "weather": weather}, power)


table = fleet(np.random.default_rng(7))
features = {"turbine": standardised(table[DESCRIPTORS]), "weather": standardised(table[WEATHER])}
share = table[["share"]].to_numpy("float32")
print(f"{len(share)} records, {np.mean(share == 0.0):.0%} of them without production")

model = build_model()
model.compile(optimizer=keras.optimizers.SGD(**CONFIG["optimizer"]), loss="mse", metrics=["mape"])
model.fit(features, share, batch_size=CONFIG["batch_size"], epochs=CONFIG["epochs"], verbose=2)  # whynan: bad_initialization phase=forward|loss|gradient|update also=exploding_gradient,learning_rate_too_high
