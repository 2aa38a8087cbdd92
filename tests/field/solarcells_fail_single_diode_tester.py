"""Current-voltage sweeps from the flash tester: the net guesses photo current, saturation
current and ideality and the one-diode formula turns them into a current. With my simulated
curves everything was fine, with the tester's own table the first epoch says loss: nan."""
import keras
import numpy as np
import pandas as pd
import tensorflow as tf
from keras import layers, ops

keras.utils.set_random_seed(404)

UNIT = {"A": 1.0, "mA": 1e-3, "V": 1.0, "W/m2": 1e-3, "degC": 1.0}
MAX_EXPONENT = 200.0


def tester_table(seed=8, n=720):
    rng = np.random.default_rng(seed)
    sun = rng.uniform(200.0, 1000.0, n)
    cell = rng.uniform(18.0, 55.0, n)
    volt = rng.uniform(0.0, 0.61, n)
    quality = rng.uniform(1.15, 1.35, n)
    amps = 3.1e-3 * sun - 2e-9 * np.expm1(volt / (quality * 0.0257)) + rng.normal(0, 0.01, n)
    return pd.DataFrame({
        "sun [W/m2]": sun.round(1),
        "cell [degC]": cell.round(1),
        "age [y]": rng.integers(0, 12, n),
        "U [mV]": (volt * 1000.0).round(1),
        "I [mA]": (amps * 1000.0).round(1),
    })


def to_plain_units(table):
    """Strips the unit from the header and converts the column."""
    out = {}
    for header in table.columns:
        name, unit = header.rstrip("]").split(" [")
        out[name] = table[header] * UNIT.get(unit, 1.0)
    return pd.DataFrame(out)


class SingleDiode(layers.Layer):
    def __init__(self, thermal_voltage=0.0257, **kwargs):
        super().__init__(**kwargs)
        self.thermal_voltage = thermal_voltage

    def call(self, photo, log_saturation, ideality, voltage):
        exponent = voltage / (ideality * self.thermal_voltage)
        exponent = ops.minimum(exponent, MAX_EXPONENT)
        forward_bias = ops.exp(exponent)  # whynan: exp_overflow phase=forward also=unscaled_input,clip_misuse
        return photo - ops.exp(log_saturation) * (forward_bias - 1.0)


class CellModel(keras.Model):
    def __init__(self, hidden=16):
        super().__init__()
        self.body = keras.Sequential([layers.Dense(hidden, activation="tanh"), layers.Dense(hidden, activation="tanh")])
        self.photo_head = layers.Dense(1, activation="softplus")
        self.saturation_head = layers.Dense(1, activation="tanh")
        self.ideality_head = layers.Dense(1, activation="sigmoid")
        self.diode = SingleDiode()
        self.tracker = keras.metrics.Mean(name="loss")

    @property
    def metrics(self):
        return [self.tracker]

    def call(self, inputs):
        state = self.body(inputs["conditions"])
        log_saturation = -20.0 + 2.0 * self.saturation_head(state)
        ideality = 1.0 + self.ideality_head(state)
        return self.diode(self.photo_head(state), log_saturation, ideality, inputs["voltage"])

    def train_step(self, data):
        inputs, measured = data
        with tf.GradientTape() as tape:
            current = self(inputs, training=True)
            loss = tf.reduce_mean(tf.square(measured - current))
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
        self.tracker.update_state(loss)
        return {"loss": self.tracker.result()}


def main():
    sweep = to_plain_units(tester_table())
    conditions = sweep[["sun", "cell", "age"]].to_numpy(dtype="float32")
    conditions = (conditions - conditions.mean(axis=0)) / conditions.std(axis=0)
    inputs = {
        "conditions": conditions,
        "voltage": sweep[["U"]].to_numpy(dtype="float32"),
    }
    current = sweep[["I"]].to_numpy(dtype="float32")
    model = CellModel()
    model.compile(optimizer=keras.optimizers.Adam(3e-3, clipnorm=1.0))
    model.fit(inputs, current, batch_size=48, epochs=4, verbose=2)
    print(model.predict({k: v[:3] for k, v in inputs.items()}, verbose=0).ravel())


if __name__ == "__main__":
    main()
