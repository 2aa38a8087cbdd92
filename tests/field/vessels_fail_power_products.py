"""Fatigue life of pressure vessels from dimensional quantities.

Engineering formulas are products of powers, so the first layer learns the exponents. I let all exponents start near
one, that is from the plain product of all columns, and put a BatchNormalization behind it for the scale. The loss is
nan in the first step; the table has no missing value, no zero and no negative number.
"""
import keras
import numpy as np
import pandas as pd
import tensorflow as tf

SEED = 90


def vessel_table(n=640):
    rng = np.random.default_rng(SEED)
    table = pd.DataFrame({
        "youngs_modulus_pa": rng.normal(2.05e11, 4e9, n),
        "yield_strength_pa": rng.uniform(2.4e8, 5.0e8, n),
        "pressure_pa": rng.uniform(4e6, 2.5e7, n),
        "density_kg_m3": rng.normal(7850, 40, n),
        "temperature_k": rng.uniform(290, 620, n),
        "cycles_per_year": rng.uniform(2e5, 2e6, n),
        "diameter_mm": rng.uniform(400, 1500, n),
        "wall_mm": rng.uniform(10, 60, n),
    })
    hoop = table["pressure_pa"] * table["diameter_mm"] / (2 * table["wall_mm"])
    log_life = 12.0 - 2.5 * np.log10(hoop / table["yield_strength_pa"] + 1e-2) - np.log10(table["cycles_per_year"])
    table["log_life"] = log_life + rng.normal(0, 0.1, n)
    return table


@keras.saving.register_keras_serializable("vessels")
class PowerProducts(keras.layers.Layer):
    """units products  x1^p1 * x2^p2 * ...  with learned exponents."""

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units

    def build(self, input_shape):
        self.exponents = self.add_weight(
            shape=(input_shape[-1], self.units), name="exponents",
            initializer=keras.initializers.RandomNormal(mean=1.0, stddev=0.1, seed=SEED))

    def call(self, x):
        logs = keras.ops.log(keras.ops.maximum(x, 1e-6))
        return keras.ops.exp(keras.ops.matmul(logs, self.exponents))  # whynan: exp_overflow phase=forward also=bad_initialization,unscaled_input

    def get_config(self):
        return {**super().get_config(), "units": self.units}


def as_dataset(frame, shuffle):
    columns = [c for c in frame.columns if c != "log_life"]
    pairs = (frame[columns].to_numpy("float32"), frame["log_life"].to_numpy("float32"))
    data = tf.data.Dataset.from_tensor_slices(pairs)
    if shuffle:
        data = data.shuffle(len(frame), seed=SEED)
    return data.batch(32).prefetch(1)


def main():
    keras.utils.set_random_seed(SEED)
    table = vessel_table()
    train, held_out = table.iloc[:512], table.iloc[512:]
    model = keras.Sequential(name="fatigue")
    model.add(keras.Input((table.shape[1] - 1,)))
    model.add(PowerProducts(12))
    model.add(keras.layers.BatchNormalization())
    model.add(keras.layers.Dense(16, activation="tanh"))
    model.add(keras.layers.Dense(1))
    model.compile(optimizer="adam", loss="mae")
    history = model.fit(as_dataset(train, True), validation_data=as_dataset(held_out, False), epochs=4, verbose=0)
    print(pd.DataFrame(history.history))


if __name__ == "__main__":
    main()
