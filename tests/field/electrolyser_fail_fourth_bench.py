"""Current density of electrolyser cells from their polarisation curves (Butler-Volmer layer + small network).

Three test benches trained nicely for weeks. Since the export of bench D is in the folder, the loss is inf or nan before
the end of the first epoch. Each bench file was read with the same reader and has no gaps.
"""
import numpy as np
import tensorflow as tf
import keras
from keras import layers, ops

FARADAY, GAS = 96485.0, 8.314
REVERSIBLE = 1.23


class ButlerVolmer(layers.Layer):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.log_exchange = self.add_weight(
            shape=(), initializer=keras.initializers.Constant(-9.0), name="log_exchange"
        )
        self.symmetry = self.add_weight(shape=(), initializer="zeros", name="symmetry")

    def call(self, overpotential, kelvin):
        per_volt = FARADAY / (GAS * kelvin)
        a = ops.sigmoid(self.symmetry)
        anodic = ops.exp(self.log_exchange + a * per_volt * overpotential)  # whynan: exp_overflow phase=forward also=unscaled_input
        cathodic = ops.exp(self.log_exchange - (1.0 - a) * per_volt * overpotential)
        return anodic - cathodic


class CellModel(keras.Model):
    """Columns: cell voltage, temperature in Celsius, operating hours, KOH in mol/l."""

    def __init__(self, width=16):
        super().__init__()
        self.losses_in_volt = keras.Sequential([
            layers.Dense(width, activation="tanh"),
            layers.Dense(1, activation="softplus", bias_initializer=keras.initializers.Constant(-1.5)),
        ])
        self.kinetics = ButlerVolmer()

    def call(self, row):
        voltage, celsius, hours, molar = (row[:, k:k + 1] for k in range(4))
        state = ops.concatenate([(celsius - 65.0) / 10.0, hours / 4000.0 - 1.0, molar - 6.0], axis=-1)
        lost = self.losses_in_volt(state)
        return self.kinetics(voltage - REVERSIBLE - lost, celsius + 273.15)


class Bench:
    def __init__(self, name, curves, volts_per_count, seed):
        self.name, self.curves, self.unit = name, curves, volts_per_count
        self.rng = np.random.default_rng(seed)

    def __iter__(self):
        for _ in range(self.curves):
            points = 24
            celsius = np.full(points, self.rng.uniform(55.0, 80.0))
            hours = np.full(points, self.rng.uniform(0.0, 8000.0))
            molar = np.full(points, self.rng.normal(6.0, 0.4))
            volt = np.linspace(1.45, 1.95, points)
            eta = volt - REVERSIBLE - 0.2 - 1e-5 * hours
            amps = np.exp(-9.0 + 0.5 * FARADAY / (GAS * (celsius + 273.15)) * eta)
            amps = amps * self.rng.normal(1.0, 0.02, points)
            rows = np.stack([volt / self.unit, celsius, hours, molar], axis=1)
            yield rows.astype("float32"), amps.astype("float32")[:, None]


def all_benches():
    benches = [
        Bench("A", 10, 1.0, 1), Bench("B", 10, 1.0, 2), Bench("C", 8, 1.0, 3), Bench("D", 6, 1e-3, 4),
    ]
    for bench in benches:
        yield from bench


keras.utils.set_random_seed(40)
signature = (tf.TensorSpec((None, 4), tf.float32), tf.TensorSpec((None, 1), tf.float32))
curves = tf.data.Dataset.from_generator(all_benches, output_signature=signature).prefetch(1)
cell = CellModel()
cell.compile(optimizer=keras.optimizers.Adam(2e-3), loss="mean_squared_error")
cell.fit(curves, epochs=3, verbose=2)
