# Crayfish catch per trap night in farm ponds. Wide (linear) part for the known effects, a small tanh net for the rest.
import configparser

import keras
import numpy as np
import pandas as pd

PLAN = """
[columns]
depth_m       = standard
water_temp    = standard
ph            = standard
oxygen        = standard
conductivity  = keep
macrophytes   = keep
night         = cyclic

[model]
units    = 12
rate     = 0.01
momentum = 0.9
epochs   = 8
"""

keras.utils.set_random_seed(52)
rng = np.random.default_rng(52)

N = 1024
ponds = pd.DataFrame(
    {
        "depth_m": rng.gamma(6, 0.3, N),
        "water_temp": rng.normal(17, 4, N),
        "ph": rng.normal(7.6, 0.5, N),
        "oxygen": rng.normal(8.1, 1.4, N),
        "conductivity": rng.uniform(180, 1450, N).round(),
        "macrophytes": rng.beta(2, 3, N),
        "night": rng.integers(120, 290, N),
    }
)
catch = (
    3.0
    + 0.25 * (ponds.water_temp - 17)
    - 0.02 * (ponds.water_temp - 17) ** 2
    + 1.2 * (ponds.ph - 7.6)
    + 2.0 * ponds.macrophytes
    + 0.0008 * ponds.conductivity
    + 0.5 * np.cos(2 * np.pi * (ponds.night - 200) / 365)
    + rng.normal(0, 0.7, N)
)


class Prepare:
    """One rule per column, taken from the plan."""

    def __init__(self, rules):
        self.rules = rules
        self.stats = {}

    def fit(self, df):
        for name, rule in self.rules.items():
            if rule == "standard":
                self.stats[name] = (df[name].mean(), df[name].std())
        return self

    def transform(self, df):
        out = []
        for name, rule in self.rules.items():
            col = df[name].to_numpy("float64")
            if rule == "standard":
                mean, std = self.stats[name]
                out.append((col - mean) / std)
            elif rule == "cyclic":
                out.append(np.sin(2 * np.pi * col / 365))
                out.append(np.cos(2 * np.pi * col / 365))
            else:
                out.append(col)
        return np.stack(out, axis=1).astype("float32")


plan = configparser.ConfigParser()
plan.read_string(PLAN)
settings = plan["model"]

train, test = ponds.iloc[:832], ponds.iloc[832:]
prepare = Prepare(dict(plan["columns"])).fit(train)
x_train, x_test = prepare.transform(train), prepare.transform(test)
y = ((catch - catch[:832].mean()) / catch[:832].std()).to_numpy("float32")[:, None]

inputs = keras.Input((x_train.shape[1],))
wide = keras.layers.Dense(1, use_bias=False)(inputs)
deep = keras.layers.Dense(settings.getint("units"), activation="tanh")(inputs)
deep = keras.layers.Dense(1)(deep)
model = keras.Model(inputs, keras.layers.add([wide, deep]))
model.compile(
    optimizer=keras.optimizers.SGD(settings.getfloat("rate"), momentum=settings.getfloat("momentum")),
    loss=keras.losses.MeanSquaredError(),
)
model.fit(x_train, y[:832], validation_data=(x_test, y[832:]), batch_size=32, epochs=settings.getint("epochs"), verbose=2)  # whynan: unscaled_input phase=loss
print("share of variance left:", np.mean((model.predict(x_test, verbose=0) - y[832:]) ** 2) / y[832:].var())
