"""N-BEATS with interpretable trend blocks for the load of a distribution feeder, hour by hour.

The series is standardised and looks harmless between -2 and 2. The generic blocks trained at once.
With trend blocks the loss before training has some twenty digits, and training gives nan.
"""
import keras
import numpy as np
from keras import layers, ops

keras.utils.set_random_seed(16)

SETTINGS = {
    "lookback": 96,
    "horizon": 24,
    "degree": 4,
    "blocks": 2,
    "width": 32,
    "optimizer": {"learning_rate": 1e-3, "momentum": 0.9},
}


class PolynomialBasis(layers.Layer):
    """theta -> theta_0 + theta_1 t + theta_2 t^2 + ..."""

    def __init__(self, positions, degree, **kwargs):
        super().__init__(**kwargs)
        self.powers = np.stack([positions.astype("float32") ** p for p in range(degree + 1)])

    def call(self, theta):
        return ops.matmul(theta, self.powers)


def feeder_load(hours=1200):
    rng = np.random.default_rng(16)
    t = np.arange(hours)
    load = 4.0 + 1.2 * np.sin(2 * np.pi * t / 24 - 1.0) + 0.5 * np.sin(2 * np.pi * t / 168)
    load += 0.0005 * t + rng.normal(0, 0.15, hours)
    return ((load - load.mean()) / load.std()).astype("float32")


def trend_block(residual, cfg, index):
    hidden = residual
    for layer in range(2):
        hidden = layers.Dense(cfg["width"], activation="relu", name=f"b{index}_fc{layer}")(hidden)
    theta_back = layers.Dense(cfg["degree"] + 1, use_bias=False, name=f"b{index}_back")(hidden)
    theta_ahead = layers.Dense(cfg["degree"] + 1, use_bias=False, name=f"b{index}_ahead")(hidden)
    back = PolynomialBasis(np.arange(cfg["lookback"]), cfg["degree"])(theta_back)
    ahead = PolynomialBasis(np.arange(cfg["horizon"]), cfg["degree"])(theta_ahead)
    return back, ahead


def nbeats(cfg):
    window = keras.Input((cfg["lookback"],))
    residual, forecast = window, None
    for index in range(cfg["blocks"]):
        back, ahead = trend_block(residual, cfg, index)
        residual = layers.Subtract()([residual, back])
        forecast = ahead if forecast is None else layers.Add()([forecast, ahead])
    return keras.Model(window, forecast, name="nbeats_trend")


series = feeder_load()
span = SETTINGS["lookback"] + SETTINGS["horizon"]
windows = np.lib.stride_tricks.sliding_window_view(series, span)[::2]
x, y = windows[:, :SETTINGS["lookback"]].copy(), windows[:, SETTINGS["lookback"]:].copy()
print("windows", x.shape, "range", x.min(), x.max())

model = nbeats(SETTINGS)
model.compile(optimizer=keras.optimizers.SGD(**SETTINGS["optimizer"]), loss="mse")
print("before training:", model.evaluate(x, y, verbose=0))
model.fit(x, y, batch_size=64, epochs=3, verbose=2)  # whynan: exploding_gradient phase=forward|loss|gradient|update also=learning_rate_too_high,unscaled_input
