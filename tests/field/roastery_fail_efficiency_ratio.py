"""Colour of roasted coffee (Agtron) from the logged roast profile.

I come from trading and wanted to try an optimizer whose memory follows Kaufman's
efficiency ratio: parameters that walk straight get a short memory, parameters that
wander get a long one.  In my notebook it worked on a single weight matrix.  With a
Keras network the first batch has a normal loss, the second is nan.  SGD and Adam
have no trouble on the same data, and gradients look small.
"""
import numpy as np
import pandas as pd
import keras
from keras import layers, ops

keras.utils.set_random_seed(90)


class EfficiencyRatio(keras.optimizers.Optimizer):
    """RMS scaling with a decay between `fast` and `slow`, chosen per parameter tensor."""

    def __init__(self, learning_rate=2e-3, fast=0.5, slow=0.99, epsilon=1e-6, **kwargs):
        super().__init__(learning_rate=learning_rate, **kwargs)
        self.fast = fast
        self.slow = slow
        self.epsilon = epsilon

    def build(self, variables):
        if self.built:
            return
        super().build(variables)
        self._squares = self.add_optimizer_variables(variables, "square")
        self._net = self.add_optimizer_variables(variables, "net_move")
        self._walked = self.add_optimizer_variables(variables, "walked")
        self._previous = self.add_optimizer_variables(variables, "previous")

    def update_step(self, gradient, variable, learning_rate):
        i = self._get_variable_index(variable)
        square, net = self._squares[i], self._net[i]
        walked, previous = self._walked[i], self._previous[i]
        lr = ops.cast(learning_rate, variable.dtype)
        gradient = ops.cast(gradient, variable.dtype)

        move = ops.subtract(variable, previous)
        self.assign_add(net, move)
        self.assign_add(walked, ops.abs(move))
        self.assign(previous, variable)

        efficiency = ops.divide(ops.abs(ops.sum(net)), ops.sum(walked))  # whynan: divide_by_zero phase=update
        keep = (1.0 - self.slow) + efficiency * (self.slow - self.fast)
        keep = ops.square(keep)

        self.assign(square, (1.0 - keep) * ops.convert_to_tensor(square) + keep * ops.square(gradient))
        step = lr * gradient / ops.sqrt(ops.add(square, self.epsilon))
        self.assign_sub(variable, step)

    def get_config(self):
        config = super().get_config()
        config.update({"fast": self.fast, "slow": self.slow, "epsilon": self.epsilon})
        return config


def roast_log(n=900):
    rng = np.random.default_rng(14)
    frame = pd.DataFrame({
        "charge_temp": rng.normal(198, 7, n),
        "green_moisture": rng.normal(10.8, 0.6, n),
        "turning_point_s": rng.normal(82, 9, n),
        "first_crack_s": rng.normal(520, 35, n),
        "development_s": rng.gamma(9.0, 11.0, n),
        "drop_temp": rng.normal(212, 4, n),
        "batch_kg": rng.choice([5.0, 7.5, 10.0, 12.0], n),
    })
    frame["agtron"] = (
        62.0
        - 1.3 * (frame["drop_temp"] - 212)
        - 0.09 * (frame["development_s"] - 99)
        + 0.8 * (frame["green_moisture"] - 10.8)
        - 0.05 * (frame["charge_temp"] - 198)
        + rng.normal(0, 1.2, n)
    )
    return frame


log = roast_log()
scaled = (log - log.mean()) / log.std()
x = scaled.drop(columns="agtron").to_numpy("float32")
y = scaled[["agtron"]].to_numpy("float32")

model = keras.Sequential([
    keras.Input((x.shape[1],)),
    layers.Dense(24, activation="relu", name="profile"),
    layers.Dense(24, activation="relu", name="mix"),
    layers.Dense(1, name="colour"),
])
model.compile(optimizer=EfficiencyRatio(learning_rate=2e-3, clipnorm=1.0), loss="mse")

for day, start in enumerate(range(0, 900, 300), 1):
    rows = slice(start, start + 300)
    history = model.fit(x[rows], y[rows], batch_size=30, epochs=4, verbose=0)
    print("day", day, "loss", np.round(history.history["loss"], 4))

for weight in model.weights:
    print(weight.path, "finite" if np.isfinite(weight.numpy()).all() else "NOT finite")
