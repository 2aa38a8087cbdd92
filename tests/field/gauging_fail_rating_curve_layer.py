"""Discharge of a small river from the water level: rating curve Q = a (h - h0)^b as a layer, weeds as a correction.

a, h0 and b start at the values from the survey and are trained along with the correction for the weeds. It is nan in
the first epoch, though not always in the same batch. Water levels cannot be negative and I even clamp them.
"""
import numpy as np
import keras
from keras import layers, ops

keras.utils.set_random_seed(29)

SURVEY = {"a": 7.5, "h0": 0.30, "b": 1.67}


class RatingCurve(layers.Layer):
    def __init__(self, a, h0, b, **kwargs):
        super().__init__(**kwargs)
        self.start = (a, h0, b)

    def build(self, input_shape):
        a, h0, b = self.start
        constant = keras.initializers.Constant
        self.log_a = self.add_weight(shape=(), initializer=constant(float(np.log(a))), name="log_a")
        self.h0 = self.add_weight(shape=(), initializer=constant(h0), name="h0")
        self.b = self.add_weight(shape=(), initializer=constant(b), name="b")

    def call(self, level):
        level = ops.maximum(level, 0.01)
        return ops.exp(self.log_a) * ops.power(level - self.h0, self.b)  # whynan: pow_domain phase=forward rows=201,202,203,204


class Gauge(keras.Model):
    """rating curve, times a factor near one that depends on the season"""

    def __init__(self):
        super().__init__()
        self.curve = RatingCurve(**SURVEY, name="curve")
        self.hidden = layers.Dense(12, activation="tanh")
        self.weeds = layers.Dense(1, kernel_initializer="zeros")

    def call(self, inputs):
        level, season = inputs["level"], inputs["season"]
        factor = 1.0 + 0.3 * ops.tanh(self.weeds(self.hidden(season)))
        return self.curve(level) * factor


def hydrograph(n=480, seed=77):
    rng = np.random.default_rng(seed)
    day = np.arange(n)
    level = 0.55 + 0.12 * np.cos(2 * np.pi * day / 365.0)
    for start in rng.choice(n - 30, 14, replace=False):  # floods
        level[start:] += rng.gamma(2.0, 0.25) * np.exp(-np.arange(n - start) / 6.0)
    level += np.abs(rng.normal(0, 0.01, n))
    level[201:205] = [0.27, 0.22, 0.24, 0.28]  # sluice upstream closed for repairs
    year = 2 * np.pi * day / 365.0
    season = np.stack([np.sin(year), np.cos(year)], axis=1)
    weeds = 1.0 - 0.15 * np.clip(-np.cos(year), 0, None)
    true = 8.0 * np.clip(level - 0.2, 0, None) ** 1.6 * weeds
    flow = true * np.exp(rng.normal(0, 0.04, n))
    return level.astype("float32")[:, None], season.astype("float32"), flow.astype("float32")[:, None]


if __name__ == "__main__":
    level, season, flow = hydrograph()
    print("level", level.min(), "to", level.max(), "m; flow", flow.min(), "to", flow.max(), "m3/s")
    assert (level > 0).all() and (flow > 0).all()

    model = Gauge()
    model.compile(optimizer=keras.optimizers.Adam(2e-3), loss="mse")
    history = model.fit({"level": level, "season": season}, flow, batch_size=32, epochs=4, verbose=2)

    for weight in model.curve.weights:
        print(weight.name, float(ops.convert_to_numpy(weight.value)))
