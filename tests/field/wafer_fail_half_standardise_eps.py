"""Wafer map classifier. Every map is standardised inside the model, mixed_float16 policy."""
import numpy as np
import keras
from keras import layers, ops

keras.utils.set_random_seed(27)
EPS = 1e-8


class PerMapStandardize(layers.Layer):
    def statistics(self, maps):
        axes = (1, 2)
        return ops.mean(maps, axis=axes, keepdims=True), ops.std(maps, axis=axes, keepdims=True)

    def call(self, maps):
        centre, width = self.statistics(maps)
        return (maps - centre) / (width + EPS)  # whynan: float16_epsilon_underflow phase=forward rows=7,90 also=zero_variance_normalisation,divide_by_zero


def wafers(n=128):
    rng = np.random.default_rng(27)
    maps = (rng.random((n, 12, 12)) < 0.15).astype("float32")
    label = rng.integers(0, 2, n)
    maps[label == 1, 3:6, :] = 1.0  # scratch
    maps[[7, 90]] = 0.0             # perfect wafers, no defect at all
    label[[7, 90]] = 0
    return maps, label.astype("float32")[:, None]


def build(policy):
    inp = keras.Input((12, 12))
    x = PerMapStandardize(dtype=policy)(inp)
    x = layers.Flatten(dtype=policy)(x)
    x = layers.Dense(32, activation="swish", dtype=policy)(x)
    logits = layers.Dense(1, dtype="float32")(x)
    return keras.Model(inp, logits)


maps, label = wafers()
model = build(keras.DTypePolicy("mixed_float16"))
model.compile(
    optimizer=keras.optimizers.Adam(1e-3),
    loss=keras.losses.BinaryCrossentropy(from_logits=True),
    auto_scale_loss=False,  # gradients are large enough, scaling only made it slower
)
model.fit(maps, label, batch_size=16, epochs=3, verbose=2)
