"""Grey-box model of calendar ageing of cells: Arrhenius rate * throughput * learned correction.

The prediction for winter weeks explodes. Ea and A are trainable, started at literature values.
"""
from dataclasses import dataclass
import numpy as np
import keras
from keras import layers, ops

GAS_CONSTANT = 8.314  # J / (mol K)


@dataclass
class FleetConfig:
    weeks: int = 320
    ea_kj: float = 50.0
    log_a: float = 12.0
    batch: int = 32
    epochs: int = 4


def read_bms_log(cfg):
    """weekly means from the battery management system"""
    rng = np.random.default_rng(17)
    temp = rng.uniform(6.0, 42.0, cfg.weeks)        # ambient, weekly mean
    temp[[12, 77, 203]] = [-4.0, -7.5, -2.5]        # the two vans in Tromso
    soc = rng.uniform(0.2, 0.95, cfg.weeks)
    throughput = rng.uniform(0.5, 3.0, cfg.weeks)
    fade = 0.02 * throughput * (1 + soc) * np.exp((temp - 25.0) / 30.0)
    return {
        "temperature": temp.astype("float32")[:, None],
        "state": np.stack([soc, throughput], 1).astype("float32"),
    }, fade.astype("float32")[:, None]


class Arrhenius(layers.Layer):
    """k(T) = A exp(-Ea / (R T))"""

    def __init__(self, ea_kj, log_a, **kw):
        super().__init__(**kw)
        self._ea0, self._log_a0 = ea_kj, log_a

    def build(self, _):
        const = keras.initializers.Constant
        self.ea = self.add_weight(shape=(), initializer=const(self._ea0), name="Ea_kJ")
        self.log_a = self.add_weight(shape=(), initializer=const(self._log_a0), name="log_A")

    def call(self, temperature):
        exponent = self.log_a - 1000.0 * self.ea / (GAS_CONSTANT * temperature)
        return ops.exp(exponent)  # whynan: exp_overflow phase=forward rows=12,77,203 also=unscaled_input


def build(cfg):
    temperature = keras.Input((1,), name="temperature")
    state = keras.Input((2,), name="state")
    rate = Arrhenius(cfg.ea_kj, cfg.log_a, name="arrhenius")(temperature)
    correction = layers.Dense(12, activation="tanh")(state)
    correction = layers.Dense(1, activation="softplus")(correction)
    fade = layers.Multiply(name="fade")([rate, correction])
    return keras.Model([temperature, state], fade)


def main(cfg=FleetConfig()):
    keras.utils.set_random_seed(4)
    inputs, fade = read_bms_log(cfg)
    model = build(cfg)
    model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="mse")
    model.fit(inputs, fade, batch_size=cfg.batch, epochs=cfg.epochs, verbose=2)


main()
