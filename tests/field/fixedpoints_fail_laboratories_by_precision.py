"""Key comparison of thermometers: six laboratories measure the same cell, the net learns the reference deviation from
their weighted mean and a few conditions. On my laptop (float32) it converges. On the server we switch mixed_float16
on and each epoch's loss is nan, although most of the batches look completely ordinary."""
import keras
import numpy as np
from keras import layers, ops

CONFIG = {
    "policy": "mixed_float16",
    "laboratories": 6,
    "comparisons": 480,
    "batch": 24,
    "epochs": 4,
    "rate": 2e-3,
    "seed": 23,
}


def comparisons(cfg):
    rng = np.random.default_rng(cfg["seed"])
    n, labs = cfg["comparisons"], cfg["laboratories"]
    reference = rng.normal(0.0, 0.6, n)
    # stated standard uncertainties in millikelvin
    uncertainty = rng.uniform(0.025, 0.09, (n, labs))
    uncertainty[[58, 173, 174, 402], 5] = [0.0024, 0.0021, 0.0021, 0.0026]  # pilot laboratory with its own new cell
    readings = reference[:, None] + rng.normal(size=(n, labs)) * uncertainty
    conditions = np.stack([rng.normal(23, 0.5, n), rng.normal(1013, 8, n), rng.uniform(5, 40, n)], axis=1)
    conditions = (conditions - conditions.mean(0)) / conditions.std(0)
    target = reference + 0.05 * conditions[:, 0] - 0.03 * conditions[:, 1]
    return (readings.astype("float32"), uncertainty.astype("float32"),
            conditions.astype("float32"), target[:, None].astype("float32"))


class PrecisionMean(layers.Layer):
    """Mean of the laboratories, weighted by 1/u^2, together with the spread around it."""

    def __init__(self, floor=1e-8, **kwargs):
        super().__init__(**kwargs)
        self.floor = floor

    def call(self, inputs):
        readings, uncertainty = inputs
        precision = 1.0 / (ops.square(uncertainty) + self.floor)  # whynan: float16_overflow phase=forward rows=58,173,174,402
        share = precision / ops.sum(precision, axis=-1, keepdims=True)
        mean = ops.sum(share * readings, axis=-1, keepdims=True)
        spread = ops.sum(share * ops.square(readings - mean), axis=-1, keepdims=True)
        return ops.concatenate([mean, spread], axis=-1)


def build(cfg):
    readings = keras.Input((cfg["laboratories"],), name="readings")
    uncertainty = keras.Input((cfg["laboratories"],), name="uncertainty")
    conditions = keras.Input((3,), name="conditions")
    summary = PrecisionMean(name="precision_mean")([readings, uncertainty])
    x = layers.Concatenate()([summary, conditions])
    x = layers.Dense(24, activation="silu")(x)
    x = layers.Dense(12, activation="silu")(x)
    deviation = layers.Dense(1, dtype="float32", name="deviation")(x)
    return keras.Model([readings, uncertainty, conditions], deviation)


def main(cfg):
    keras.utils.set_random_seed(cfg["seed"])
    keras.mixed_precision.set_global_policy(cfg["policy"])
    readings, uncertainty, conditions, target = comparisons(cfg)
    model = build(cfg)
    model.compile(optimizer=keras.optimizers.Adam(cfg["rate"]), loss="mse")
    history = model.fit([readings, uncertainty, conditions], target,
                        batch_size=cfg["batch"], epochs=cfg["epochs"], verbose=2)
    guess = model.predict([readings[:40], uncertainty[:40], conditions[:40]], verbose=0)
    print("first forty, rms error:", float(np.sqrt(np.mean((guess - target[:40]) ** 2))))
    return history


if __name__ == "__main__":
    main(CONFIG)
