"""Handwritten digits on ballot papers, trained the 1988 way.

For a lecture on the history of training algorithms I rewrote Fahlman's Quickprop as a Keras optimizer. It is a
full-batch method, so one epoch is one step. The first epochs have a sensible loss, then everything is nan, although
the growth of a step is limited to 1.75 as in the report. With SGD the same network reaches 90 percent.
"""
import keras
import numpy as np
from keras import ops
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

SETTINGS = {
    "hidden": 24,
    "learning_rate": 0.3,
    "growth": 1.75,
    "epochs": 40,
    "seed": 5,
}


class Quickprop(keras.optimizers.Optimizer):
    """Each weight has its own parabola through the last two slopes; jump to the bottom of it."""

    def __init__(self, learning_rate=0.3, growth=1.75, name="quickprop", **kwargs):
        super().__init__(learning_rate=learning_rate, name=name, **kwargs)
        self.growth = growth

    def build(self, variables):
        if self.built:
            return
        super().build(variables)
        self.last_slopes = self.add_optimizer_variables(variables, "last_slope")
        self.last_steps = self.add_optimizer_variables(variables, "last_step")

    def update_step(self, gradient, variable, learning_rate):
        index = self._get_variable_index(variable)
        last_slope = self.last_slopes[index]
        last_step = self.last_steps[index]
        rate = ops.cast(learning_rate, variable.dtype)
        gradient = ops.cast(gradient, variable.dtype)

        plain = -rate * gradient
        ratio = gradient / ops.subtract(last_slope, gradient)  # whynan: divide_by_zero phase=update
        # never more than `growth` times the last step, in either direction
        ratio = ops.where(ops.abs(ratio) > self.growth, self.growth * ops.sign(ratio), ratio)
        jump = ops.multiply(ratio, last_step)
        same_way = ops.multiply(gradient, last_slope) > 0.0
        jump = ops.where(same_way, jump + plain, jump)
        # there is no parabola before the second epoch
        step = ops.where(ops.equal(self.iterations, 0), plain, jump)

        self.assign(last_slope, gradient)
        self.assign(last_step, step)
        self.assign_add(variable, step)

    def get_config(self):
        return {**super().get_config(), "growth": self.growth}


def load_ballots(seed):
    scans = load_digits()
    pixels = (scans.data / 16.0).astype("float32")
    labels = scans.target.astype("int32")
    return train_test_split(pixels, labels, test_size=0.25, random_state=seed, stratify=labels)


def build_network(hidden):
    return keras.Sequential(
        [
            keras.Input((64,)),
            keras.layers.Dense(hidden, activation="tanh", name="features"),
            keras.layers.Dense(10, activation="softmax", name="digit"),
        ]
    )


def main():
    keras.utils.set_random_seed(SETTINGS["seed"])
    x_train, x_test, y_train, y_test = load_ballots(SETTINGS["seed"])

    network = build_network(SETTINGS["hidden"])
    network.compile(
        optimizer=Quickprop(SETTINGS["learning_rate"], SETTINGS["growth"]),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    history = network.fit(
        x_train,
        y_train,
        batch_size=len(x_train),
        epochs=SETTINGS["epochs"],
        shuffle=False,
        verbose=0,
    )
    for epoch in range(0, SETTINGS["epochs"], 5):
        print(f"epoch {epoch:3d}  loss {history.history['loss'][epoch]:.4f}")
    print("test:", network.evaluate(x_test, y_test, verbose=0))
    print("largest weight:", max(float(np.max(np.abs(w))) for w in network.get_weights()))


if __name__ == "__main__":
    main()
