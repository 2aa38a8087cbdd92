"""Volumetric efficiency of an engine over speed and intake pressure; what counts is the largest error of the map.

The model is fitted again and again with a higher power of the error (2, 4, 16, 64), which moves it
from least squares towards the smallest worst case.  The first fits get better and better, in the last one the loss is nan.
"""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(61)

POWERS = (2, 4, 16, 64)


def bench_measurements(count=1024):
    rng = np.random.default_rng(30)
    speed = rng.uniform(800, 6400, count)
    pressure = rng.uniform(25, 100, count)
    s = (speed - 3600) / 2800
    p = (pressure - 62.5) / 37.5
    efficiency = 0.74 + 0.11 * p - 0.12 * (s - 0.2) ** 2 + 0.04 * np.sin(3 * s) * (1 + p) / 2
    efficiency += rng.normal(0, 0.004, count)
    return np.stack([s, p], axis=1).astype("float32"), efficiency.astype("float32")[:, None]


def power_mean_error(power):
    """(mean |e|^p)^(1/p); the root keeps the value in the unit of the error, whatever the power."""

    def loss(y_true, y_pred):
        error = tf.abs(y_true - y_pred)
        return tf.reduce_mean(error**power) ** (1.0 / power)  # whynan: pow_grad_at_zero phase=gradient|loss also=exp_underflow

    return loss


def efficiency_map():
    speed_pressure = keras.Input((2,), name="speed_pressure")
    h = keras.layers.Dense(32, activation="gelu")(speed_pressure)
    h = keras.layers.Dense(32, activation="gelu")(h)
    out = keras.layers.Dense(1, bias_initializer=keras.initializers.Constant(0.7))(h)
    return keras.Model(speed_pressure, out)


x, y = bench_measurements()
model = efficiency_map()
summary = []
for number, power in enumerate(POWERS):
    model.compile(
        optimizer=keras.optimizers.Adam(4e-3 * 0.8**number),
        loss=power_mean_error(power),
        metrics=[keras.metrics.MeanAbsoluteError(name="mae")],
    )
    history = model.fit(x, y, batch_size=64, epochs=5, verbose=2)
    residual = model.predict(x, batch_size=256, verbose=0) - y
    summary.append((power, history.history["loss"][-1], float(np.max(np.abs(residual)))))

print(f"{'power':>6} {'loss':>12} {'largest error':>14}")
for power, value, worst in summary:
    print(f"{power:6d} {value:12.5f} {worst:14.5f}")
