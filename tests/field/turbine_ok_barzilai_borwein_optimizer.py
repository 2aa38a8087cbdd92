"""Custom optimizer with a Barzilai-Borwein step per variable. The aux head has loss weight 0 in this ablation, for its variables
s and y are exactly 0, s.s / s.y is then 0/0, but I only take the quotient where s.y > 0."""
import numpy as np
import keras
from keras import layers, ops

keras.utils.set_random_seed(18)
# whynan: healthy


class BarzilaiBorwein(keras.optimizers.Optimizer):
    def __init__(self, learning_rate=0.02, shrink=0.2, grow=2.0, name="bb", **kwargs):
        super().__init__(learning_rate=learning_rate, name=name, **kwargs)
        self.shrink, self.grow = shrink, grow

    def build(self, variables):
        if self.built:
            return
        super().build(variables)
        self.last_point = [self.add_variable_from_reference(v, name="last_point") for v in variables]
        self.last_gradient = [self.add_variable_from_reference(v, name="last_gradient") for v in variables]

    def _step_length(self, s, y, rate):
        ss, sy = ops.sum(ops.multiply(s, s)), ops.sum(ops.multiply(s, y))
        quotient = ops.divide(ss, sy)
        length = ops.where(ops.greater(sy, 0.0), quotient, rate)
        return ops.minimum(ops.maximum(length, self.shrink * rate), self.grow * rate)

    def update_step(self, gradient, variable, learning_rate):
        rate = ops.cast(learning_rate, variable.dtype)
        gradient = ops.cast(gradient, variable.dtype)
        k = self._get_variable_index(variable)
        s = ops.subtract(variable, self.last_point[k])
        y = ops.subtract(gradient, self.last_gradient[k])
        length = self._step_length(s, y, rate)
        self.assign(self.last_point[k], ops.convert_to_tensor(variable))
        self.assign(self.last_gradient[k], gradient)
        self.assign_sub(variable, ops.multiply(gradient, length))

    def get_config(self):
        return {**super().get_config(), "shrink": self.shrink, "grow": self.grow}


def turbines(n=512):
    rng = np.random.default_rng(14)
    x = rng.normal(size=(n, 7)).astype("float32")
    power = np.tanh(x[:, 0]) + 0.3 * x[:, 1] + 0.05 * rng.normal(size=n)
    vibration = x[:, 2] ** 2
    return x, power.astype("float32")[:, None], vibration.astype("float32")[:, None]


def build(aux_weight):
    inputs = keras.Input((7,))
    h = layers.Dense(24, activation="tanh")(inputs)
    outputs = {"power": layers.Dense(1, name="power")(h), "vibration": layers.Dense(1, name="vibration")(h)}
    model = keras.Model(inputs, outputs)
    model.compile(
        optimizer=BarzilaiBorwein(0.02),
        loss={"power": "mse", "vibration": "mse"},
        loss_weights={"power": 1.0, "vibration": aux_weight},
    )
    return model


if __name__ == "__main__":
    x, power, vibration = turbines()
    model = build(aux_weight=0.0)
    model.fit(x, {"power": power, "vibration": vibration}, batch_size=64, epochs=8, verbose=2)
