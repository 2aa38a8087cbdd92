"""N-BEATS (generic + trend stack) for the load of a control area. The notebook scaled every window by its maximum, I dropped
that because "MW are already comparable between the areas" and it makes the forecasts easier to read.
"""
import numpy as np
import keras
from keras import layers, ops

keras.utils.set_random_seed(96)

CONFIG = {
    "backcast": 48,
    "horizon": 12,
    "units": 32,
    "stacks": ["trend", "generic"],
    "blocks_per_stack": 2,
    "optimizer": {"learning_rate": 0.01, "momentum": 0.9},
    "batch_size": 32,
}


class NBeatsBlock(layers.Layer):
    def __init__(self, kind, backcast, horizon, units, degree=2, **kwargs):
        super().__init__(**kwargs)
        self.hidden = [layers.Dense(units, activation="elu") for _ in range(3)]
        if kind == "trend":
            self.theta_b = layers.Dense(degree + 1, use_bias=False)
            self.theta_f = layers.Dense(degree + 1, use_bias=False)
            self.basis_b = self.polynomial(np.arange(backcast) / backcast, degree)
            self.basis_f = self.polynomial(np.arange(horizon) / horizon, degree)
        else:
            self.theta_b, self.theta_f = layers.Dense(backcast), layers.Dense(horizon)
            self.basis_b = self.basis_f = None

    @staticmethod
    def polynomial(t, degree):
        return np.stack([t**p for p in range(degree + 1)]).astype("float32")

    @staticmethod
    def expand(theta, basis):
        return theta if basis is None else ops.matmul(theta, basis)

    def call(self, x):
        h = x
        for layer in self.hidden:
            h = layer(h)  # whynan: exploding_gradient phase=loss|gradient|forward|update also=unscaled_input,learning_rate_too_high,unscaled_target
        return self.expand(self.theta_b(h), self.basis_b), self.expand(self.theta_f(h), self.basis_f)


class NBeats(keras.Model):
    def __init__(self, cfg):
        super().__init__()
        self.blocks = [
            NBeatsBlock(kind, cfg["backcast"], cfg["horizon"], cfg["units"])
            for kind in cfg["stacks"]
            for _ in range(cfg["blocks_per_stack"])
        ]

    def call(self, window):
        residual, forecast = window, 0.0
        for block in self.blocks:
            backcast, partial = block(residual)
            residual = residual - backcast
            forecast = forecast + partial
        return forecast


def load_curve(days=60, seed=96):
    """hourly load in MW"""
    rng = np.random.default_rng(seed)
    hour = np.arange(24 * days)
    daily = 9_000 * np.sin(2 * np.pi * (hour - 8) / 24)
    weekly = -5_000.0 * ((hour // 24) % 7 >= 5)
    return (52_000 + daily + weekly + rng.normal(0, 600, len(hour))).astype("float32")


def windows(series, cfg):
    total = cfg["backcast"] + cfg["horizon"]
    view = np.lib.stride_tricks.sliding_window_view(series, total)
    return view[:, : cfg["backcast"]].copy(), view[:, cfg["backcast"] :].copy()


def main():
    past, future = windows(load_curve(), CONFIG)
    model = NBeats(CONFIG)
    model.compile(optimizer=keras.optimizers.SGD(**CONFIG["optimizer"]), loss="mse", metrics=["mae"])
    model.fit(past, future, batch_size=CONFIG["batch_size"], epochs=3, verbose=2)


if __name__ == "__main__":
    main()
