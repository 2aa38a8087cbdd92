"""Probabilistic runoff model of a small river: conditional flow made of softplus and an affine map.

Discharge is positive, so z = (softplus^-1(q) - mu(x)) / s(x) should be standard normal. It trained for the dry years
2016-2018; with the complete record the loss is nan before the first epoch is over.
"""
import numpy as np
import keras
from keras import layers, ops

keras.utils.set_random_seed(23)

# crest values from the gauge book, day of record -> m3/s
CRESTS = {212: 104.0, 213: 163.5, 214: 121.0, 871: 97.5, 872: 138.0}


def record(days=1200):
    rng = np.random.default_rng(71)
    day = np.arange(days)
    rain = np.minimum(rng.gamma(0.4, 6.0, days), 40.0)
    for d in CRESTS:
        rain[d] = 55.0
    wet = np.convolve(rain, [0.5, 0.3, 0.2])[:days]
    melt = np.maximum(np.sin(2 * np.pi * (day - 60) / 365.25), 0.0)
    discharge = 1.2 + 0.45 * wet + 9.0 * melt + rng.uniform(-0.4, 0.4, days)
    for d, crest in CRESTS.items():
        discharge[d] = crest
    x = np.column_stack([
        np.log1p(rain),
        np.log1p(wet),
        np.sin(2 * np.pi * day / 365.25),
        np.cos(2 * np.pi * day / 365.25),
        melt,
    ])
    return x.astype("float32"), discharge.astype("float32")[:, None]


def inverse_softplus(q):
    return ops.log(ops.expm1(q))  # whynan: exp_overflow phase=loss|forward rows=212,213,214,871,872 also=unscaled_target


class RunoffFlow(keras.Model):
    def __init__(self, hidden=(32, 32), **kwargs):
        super().__init__(**kwargs)
        self.trunk = [layers.Dense(units, activation="swish") for units in hidden]
        self.location = layers.Dense(1)
        self.log_scale = layers.Dense(1)

    def call(self, x):
        for layer in self.trunk:
            x = layer(x)
        return ops.concatenate([self.location(x), self.log_scale(x)], axis=-1)

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        location, log_scale = y_pred[:, :1], y_pred[:, 1:]
        log_scale = ops.clip(log_scale, -4.0, 4.0)
        u = inverse_softplus(y)
        z = (u - location) * ops.exp(-log_scale)
        # d softplus^-1 / dq = 1 / (1 - exp(-q))
        log_slope = -ops.log(1.0 - ops.exp(-y))
        log_density = -0.5 * ops.square(z) - 0.5 * np.log(2 * np.pi) - log_scale + log_slope
        return -ops.mean(log_density)


if __name__ == "__main__":
    features, discharge = record()
    print("discharge between", discharge.min(), "and", discharge.max())
    flow = RunoffFlow()
    flow.compile(optimizer=keras.optimizers.Adam(1e-3, global_clipnorm=5.0))
    flow.fit(features, discharge, batch_size=50, epochs=4, verbose=2)
