"""Deterioration in the next six hours from one day of minute-wise vital signs plus a few admission facts.
In float32 this trains (AUC 0.8). With mixed precision switched on the loss is nan at the first step and stays nan;
the loss scale goes down and down."""
import numpy as np
import keras
from keras import layers, ops

keras.utils.set_random_seed(77)
keras.mixed_precision.set_global_policy("mixed_float16")

CONFIG = {
    "minutes": 1440,
    "channels": ["heart_rate", "systolic", "spo2", "temperature"],
    "stays": 240,
    "batch": 24,
    "epochs": 2,
}


def make_stays(cfg, seed=77):
    rng = np.random.default_rng(seed)
    n, t = cfg["stays"], cfg["minutes"]
    sick = rng.normal(size=n)
    centre = np.column_stack([
        84 + 9 * sick, 124 - 10 * sick, 96 - 1.2 * sick, 37.1 + 0.4 * sick,
    ])
    wander = rng.normal(0, 1, (n, t, 4)) * np.array([6.0, 9.0, 1.0, 0.15])
    series = centre[:, None, :] + wander
    # the monitor is disconnected for examinations, and some arrive late in the day
    recorded = rng.random((n, t)) < rng.uniform(0.6, 0.98, (n, 1))
    arrival = np.where(rng.random(n) < 0.2, rng.integers(0, 700, n), 0)
    recorded &= np.arange(t)[None, :] >= arrival[:, None]
    series[~recorded] = 0.0
    admission = np.column_stack([rng.normal(0, 1, n), rng.integers(0, 2, n), rng.integers(0, 2, n)])
    outcome = (sick + 0.3 * admission[:, 0] + rng.normal(0, 0.8, n) > 0.6).astype("float32")
    return series.astype("float32"), recorded.astype("float32"), admission.astype("float32"), outcome[:, None]


class RecordedMean(layers.Layer):
    """Mean over the minutes in which the monitor was connected."""

    def call(self, inputs):
        series, recorded = inputs
        weight = ops.expand_dims(recorded, -1)
        total = ops.sum(series * weight, axis=1)  # whynan: float16_overflow phase=forward also=unscaled_input
        return total / ops.maximum(ops.sum(weight, axis=1), 1.0)


def build(cfg):
    series = keras.Input((cfg["minutes"], len(cfg["channels"])), name="series")
    recorded = keras.Input((cfg["minutes"],), name="recorded")
    admission = keras.Input((3,), name="admission")
    level = RecordedMean(name="level")([series, recorded])
    level = layers.BatchNormalization()(level)
    h = layers.Concatenate()([level, admission])
    h = layers.Dense(24, activation="swish")(h)
    h = layers.Dense(12, activation="swish")(h)
    risk = layers.Dense(1, dtype="float32", name="risk")(h)
    return keras.Model([series, recorded, admission], risk)


if __name__ == "__main__":
    series, recorded, admission, outcome = make_stays(CONFIG)
    model = build(CONFIG)
    model.compile(
        optimizer=keras.optimizers.Adam(1e-3),
        loss=keras.losses.BinaryCrossentropy(from_logits=True),
    )
    model.fit(
        [series, recorded, admission],
        outcome,
        batch_size=CONFIG["batch"],
        epochs=CONFIG["epochs"],
        verbose=2,
    )
