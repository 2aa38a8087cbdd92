"""Magnetisation curves of ferrofluids: a small network gives moment and saturation, a layer the Langevin curve.

loss is nan in every epoch. model.predict before the training gives sensible curves for every sample, no nan in the data,
and the formula has its series for weak fields.
"""
import keras
import numpy as np
import pandas as pd
from keras import ops

keras.utils.set_random_seed(51)


def langevin_numpy(a):
    small = np.abs(a) < 1e-3
    safe = np.where(small, 1.0, a)
    return np.where(small, a / 3.0, 1.0 / np.tanh(safe) - 1.0 / safe)


def magnetometer_table(samples=40, seed=14):
    """One sweep of the field, -1 T to 1 T in steps of 50 mT, per sample."""
    rng = np.random.default_rng(seed)
    sweep = np.arange(-20, 21) * 0.05
    parts = []
    for number in range(samples):
        diameter, volume_share, coating = rng.uniform(7, 13), rng.uniform(0.02, 0.12), rng.uniform(1.0, 2.5)
        temperature = rng.choice([280.0, 300.0, 320.0])
        moment = 1.1 * (diameter - 0.5 * coating) ** 3            # in units of k_B * K / T
        curve = 4.0 * volume_share * langevin_numpy(moment * sweep / temperature)
        parts.append(pd.DataFrame({
            "sample": number, "field": sweep, "temperature": temperature, "diameter": diameter,
            "volume_share": volume_share, "coating": coating,
            "magnetisation": curve + rng.normal(0, 0.002, sweep.size),
        }))
    return pd.concat(parts, ignore_index=True)


class LangevinCurve(keras.layers.Layer):
    """coth(a) - 1/a, with a/3 near the origin."""

    def __init__(self, switch=1e-3, **kwargs):
        super().__init__(**kwargs)
        self.switch = switch

    def call(self, a):
        return ops.where(ops.abs(a) < self.switch, a / 3.0, 1.0 / ops.tanh(a) - 1.0 / a)  # whynan: where_gradient_trap phase=gradient also=divide_by_zero

    def get_config(self):
        return {**super().get_config(), "switch": self.switch}


def build(recipe_width):
    recipe = keras.Input((recipe_width,), name="recipe")
    field = keras.Input((1,), name="field")
    temperature = keras.Input((1,), name="temperature")
    hidden = keras.layers.Dense(24, activation="tanh")(recipe)
    hidden = keras.layers.Dense(24, activation="tanh")(hidden)
    moment = keras.layers.Dense(1, activation="softplus", name="moment")(hidden)
    saturation = keras.layers.Dense(1, activation="softplus", name="saturation")(hidden)
    ratio = keras.layers.Multiply()([moment, field])
    ratio = keras.layers.Rescaling(4.0)(ops.divide(ratio, temperature))
    magnetisation = keras.layers.Multiply(name="magnetisation")([saturation, LangevinCurve()(ratio)])
    return keras.Model({"recipe": recipe, "field": field, "temperature": temperature}, magnetisation)


table = magnetometer_table().sample(frac=1.0, random_state=2).reset_index(drop=True)
recipe = table[["diameter", "volume_share", "coating"]]
recipe = (recipe - recipe.mean()) / recipe.std()
inputs = {
    "recipe": recipe.to_numpy("float32"),
    "field": table[["field"]].to_numpy("float32"),
    "temperature": table[["temperature"]].to_numpy("float32") / 300.0,
}
target = table[["magnetisation"]].to_numpy("float32")
assert all(np.isfinite(values).all() for values in inputs.values()) and np.isfinite(target).all()

model = build(recipe.shape[1])
print("curves before the training finite:", np.isfinite(model.predict(inputs, verbose=0)).all())
model.compile(optimizer=keras.optimizers.Adam(3e-3), loss="mse")
model.fit(inputs, target, batch_size=82, epochs=6, verbose=2)
