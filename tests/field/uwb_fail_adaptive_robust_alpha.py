"""Correcting ultra-wideband range errors in a warehouse with the general robust loss of Barron (2019).

The shape parameter of the loss is learned together with the network. The first epochs look very good, the loss goes
down smoothly, and then from one batch to the next everything is nan. Lower learning rates only move the moment.
"""
import numpy as np
import keras
from keras import layers, ops

keras.utils.set_random_seed(31)

SETTINGS = {
    "anchors": 6,
    "scale_m": 0.1,
    "learning_rate": 0.01,
    "batch": 64,
    "epochs": 20,
}


class Between(keras.constraints.Constraint):
    """Keeps a weight inside the interval that the paper allows."""

    def __init__(self, low, high):
        self.low, self.high = low, high

    def __call__(self, w):
        return ops.clip(w, self.low, self.high)

    def get_config(self):
        return {"low": self.low, "high": self.high}


class GeneralRobustLoss(layers.Layer):
    def __init__(self, scale, start=1.0, eps=1e-5, **kwargs):
        super().__init__(**kwargs)
        self.scale = scale
        self.start = start
        self.eps = eps

    def build(self, input_shape):
        self.alpha = self.add_weight(
            name="alpha",
            shape=(),
            initializer=keras.initializers.Constant(self.start),
            constraint=Between(0.0, 2.0),
        )
        super().build(input_shape)

    def call(self, inputs):
        measured, estimated = inputs
        z = ops.square((measured - estimated) / self.scale)
        b = ops.abs(self.alpha - 2.0) + self.eps
        bend = ops.power(z / b + 1.0, 0.5 * self.alpha) - 1.0
        rho = b / self.alpha * bend  # whynan: divide_by_zero phase=forward|loss also=clip_misuse
        self.add_loss(ops.mean(rho))
        return estimated


def simulate(n, seed=8):
    """Channel statistics of each exchange and the error of the measured range in metres."""
    rng = np.random.default_rng(seed)
    anchor = rng.integers(0, SETTINGS["anchors"], n)
    power = rng.normal(-82.0, 6.0, n)
    first_path = power - rng.gamma(2.0, 1.5, n)
    rise = rng.gamma(4.0, 0.8, n)
    blocked = rng.random(n) < 0.3
    error = 0.04 * np.sin(anchor) + 0.01 * (power + 82.0) / 6.0 + rng.normal(0.0, 0.05, n)
    error = error + blocked * (0.5 + rng.exponential(2.0, n))
    table = np.column_stack([
        (power + 82.0) / 6.0,
        (first_path + 85.0) / 6.0,
        (rise - 3.2) / 1.6,
        np.eye(SETTINGS["anchors"])[anchor],
    ])
    return table.astype("float32"), error.astype("float32")[:, None]


def build_trainer(width):
    channel = keras.Input((width,), name="channel")
    measured = keras.Input((1,), name="measured")
    h = layers.Dense(32, activation="gelu")(channel)
    h = layers.Dense(16, activation="gelu")(h)
    correction = layers.Dense(1, name="correction")(h)
    out = GeneralRobustLoss(SETTINGS["scale_m"], name="robust")([measured, correction])
    model = keras.Model({"channel": channel, "measured": measured}, out)
    model.compile(optimizer=keras.optimizers.Adam(SETTINGS["learning_rate"]))
    return model


class ShowShape(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        alpha = float(ops.convert_to_numpy(self.model.get_layer("robust").alpha))
        print(f"epoch {epoch:2d}  loss {logs['loss']:.4f}  shape {alpha:.3f}")


if __name__ == "__main__":
    channel, error = simulate(1600)
    trainer = build_trainer(channel.shape[1])
    trainer.fit(
        {"channel": channel, "measured": error},
        batch_size=SETTINGS["batch"],
        epochs=SETTINGS["epochs"],
        verbose=0,
        callbacks=[ShowShape()],
    )
