"""Preparation time of restaurant orders, linear model, own resilient-propagation optimizer.

Rprop only looks at the sign of the gradient, so the scale of nothing matters. It beats Adam in the first
epoch. After that the training loss jumps by some orders of magnitude every epoch, although nearly all of
the coefficients look reasonable when I print them, and finally it is inf.
"""
import numpy as np
import pandas as pd
import keras
from keras import ops


class Rprop(keras.optimizers.Optimizer):
    """Every weight has its own step: longer while the sign of its gradient stays, shorter when it flips."""

    def __init__(self, first_step=0.01, longer=1.2, shorter=0.5, smallest=1e-6, name="rprop", **kwargs):
        super().__init__(learning_rate=first_step, name=name, **kwargs)
        self.first_step = first_step
        self.longer = longer
        self.shorter = shorter
        self.smallest = smallest

    def build(self, variables):
        if self.built:
            return
        super().build(variables)
        start = keras.initializers.Constant(self.first_step)
        self._step_sizes = self.add_optimizer_variables(variables, "step_size", initializer=start)
        self._last_signs = self.add_optimizer_variables(variables, "last_sign")

    def update_step(self, gradient, variable, learning_rate):
        index = self._get_variable_index(variable)
        size, last = self._step_sizes[index], self._last_signs[index]
        sign = ops.sign(ops.cast(gradient, variable.dtype))
        kept = ops.multiply(sign, last) >= 0.0
        changed = ops.where(kept, ops.multiply(size, self.longer), ops.multiply(size, self.shorter))
        self.assign(size, ops.maximum(changed, self.smallest))
        self.assign(last, sign)
        self.assign_sub(variable, ops.multiply(sign, size))


def orders(n=1200):
    rng = np.random.default_rng(2024)
    menu = np.array([f"dish_{k:02d}" for k in range(18)])
    weight = 1.0 / np.arange(1, 19) ** 0.7
    dish = rng.choice(menu, size=n, p=weight / weight.sum())
    # specials of the day: sold once
    for row, special in ((57, "goose"), (402, "lobster"), (731, "venison"), (1010, "truffle")):
        dish[row] = special
    frame = pd.DataFrame(
        {
            "dish": dish,
            "weekday": rng.choice(list("MTWTFSS"), size=n),
            "channel": rng.choice(["table", "takeaway", "app"], size=n),
            "guests": rng.integers(1, 9, n),
        }
    )
    base = frame["dish"].map({d: rng.normal(0, 1) for d in sorted(set(dish))})
    minutes = 14 + 4 * base + 1.1 * frame["guests"] + 2.5 * (frame["channel"] == "table")
    return frame, (minutes + rng.normal(0, 1.5, n)).to_numpy("float32")


keras.utils.set_random_seed(6)
frame, minutes = orders()
frame["guests"] = (frame["guests"] - frame["guests"].mean()) / frame["guests"].std()
design = pd.get_dummies(frame, columns=["dish", "weekday", "channel"], dtype="float32")
x = design.to_numpy("float32")
y = (minutes - minutes.mean()) / minutes.std()

model = keras.Sequential([keras.Input((x.shape[1],)), keras.layers.Dense(1)])
model.compile(optimizer=Rprop(), loss="mse")
model.fit(x, y[:, None], batch_size=40, epochs=16, verbose=2)  # whynan: learning_rate_too_high phase=loss|update|gradient also=exploding_gradient,optimizer_step_unbounded

coefficients = pd.Series(model.layers[0].get_weights()[0][:, 0], index=design.columns)
print(coefficients.sort_values(key=np.abs).tail(8))
