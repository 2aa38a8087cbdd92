"""Lateral error of a seeding machine from the last eight satellite fixes, for the controller on the tractor.

Every fix comes with the accuracy that the receiver claims for it, and the fixes are averaged with the usual weights
1 / accuracy^2.  In float32 this trains.  The controller wants half precision; with the mixed policy the epoch loss is
nan although most of the batches are fine when I print them, and Keras does the loss scaling by itself.
"""
import keras
import numpy as np
from keras import layers, ops

keras.utils.set_random_seed(88)
keras.mixed_precision.set_global_policy("mixed_float16")

FIXES = 8
BASE_STATION = [23, 90, 151, 208, 209]  # passes near the base station: the receiver had a full solution there


def passes(count=320):
    rng = np.random.default_rng(4)
    truth = rng.normal(0, 0.25, count)
    accuracy = rng.choice([0.08, 0.15, 0.4, 0.9], (count, FIXES), p=[0.3, 0.3, 0.25, 0.15])
    accuracy = accuracy * rng.uniform(0.8, 1.2, (count, FIXES))
    accuracy[BASE_STATION, -3:] = rng.uniform(0.0018, 0.0030, (len(BASE_STATION), 3))
    lateral = truth[:, None] + accuracy * rng.normal(size=(count, FIXES))
    heading = 0.4 * truth[:, None] + rng.normal(0, 0.05, (count, FIXES))
    fixes = np.stack([lateral, heading], axis=-1)
    return {
        "fixes": fixes.astype("float32"),
        "accuracy": accuracy[..., None].astype("float32"),
        "speed": rng.uniform(1.5, 3.5, (count, 1)).astype("float32"),
    }, truth.astype("float32")[:, None]


@keras.saving.register_keras_serializable("seeder")
class AccuracyWeightedMean(layers.Layer):
    """Mean over the fixes, each weighted with the inverse of its claimed variance."""

    def __init__(self, floor=1e-6, **kwargs):
        super().__init__(**kwargs)
        self.floor = floor

    def call(self, values, accuracy):
        weight = 1.0 / (ops.square(accuracy) + self.floor)  # whynan: float16_overflow phase=forward rows=23,90,151,208,209 also=divide_by_zero,clip_misuse,float16_epsilon_underflow
        share = weight / ops.sum(weight, axis=1, keepdims=True)
        return ops.sum(share * values, axis=1)

    def get_config(self):
        return {**super().get_config(), "floor": self.floor}


def build():
    fixes = keras.Input((FIXES, 2), name="fixes")
    accuracy = keras.Input((FIXES, 1), name="accuracy")
    speed = keras.Input((1,), name="speed")
    pooled = AccuracyWeightedMean()(fixes, accuracy)
    h = layers.Concatenate()([pooled, speed])
    h = layers.Dense(32, activation="silu")(h)
    h = layers.Dense(16, activation="silu")(h)
    out = layers.Dense(1, dtype="float32", name="lateral")(h)
    return keras.Model({"fixes": fixes, "accuracy": accuracy, "speed": speed}, out)


inputs, target = passes()
for name, array in inputs.items():
    print(f"{name:9s} min {array.min():9.4f} max {array.max():9.4f} finite {np.isfinite(array).all()}")

model = build()
model.compile(optimizer=keras.optimizers.Adam(2e-3), loss="mse", metrics=["mae"], jit_compile=False)
log = model.fit(inputs, target, batch_size=16, epochs=5, verbose=0)
for epoch, (loss, mae) in enumerate(zip(log.history["loss"], log.history["mae"]), start=1):
    print(f"epoch {epoch}: loss {loss:.5f}, mean absolute error {mae:.4f} m")
