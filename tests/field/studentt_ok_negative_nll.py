"""Robust returns model: Student-t likelihood with learned scale and degrees of freedom.
The loss goes below zero and some targets are wild data errors (1e5), is this fine?"""
# whynan: healthy
import math

import numpy as np
import pandas as pd
import keras
from keras import layers, ops
import tensorflow as tf

keras.utils.set_random_seed(19)


class StudentT:
    def __init__(self, params):
        loc, raw_scale, raw_df = ops.split(params, 3, axis=-1)
        self.loc = loc
        self.scale = 1e-3 + ops.softplus(raw_scale)
        self.df = 2.0 + ops.softplus(raw_df)

    def log_prob(self, y):
        z = (y - self.loc) / self.scale
        half = 0.5 * (self.df + 1.0)
        norm = tf.math.lgamma(half) - tf.math.lgamma(0.5 * self.df) - 0.5 * ops.log(math.pi * self.df) - ops.log(self.scale)
        return norm - half * ops.log1p(ops.square(z) / self.df)


def nll(y_true, params):
    return -StudentT(params).log_prob(y_true)


class WithLikelihood(keras.Model):
    def __init__(self):
        super().__init__()
        self.norm = layers.BatchNormalization()
        self.h = [layers.Dense(32, activation="tanh"), layers.Dense(32, activation="tanh")]
        self.params = layers.Dense(3)

    def call(self, x, training=False):
        x = self.norm(x, training=training)
        for layer in self.h:
            x = layer(x)
        return self.params(x)


def returns_frame(n=900, lags=5):
    rng = np.random.default_rng(2)
    r = pd.Series(0.01 * rng.standard_t(4, n + lags))
    df = pd.DataFrame({f"lag{k}": r.shift(k) for k in range(1, lags + 1)})
    df["y"] = r
    df = df.dropna().reset_index(drop=True)
    df.loc[[100, 555], "y"] = [1e5, -1e5]        # decimal point lost by the vendor
    return df


df = returns_frame()
x = df.drop(columns="y").to_numpy("float32")
y = df[["y"]].to_numpy("float32")
model = WithLikelihood()
model.compile(optimizer=keras.optimizers.Adam(3e-3), loss=nll)
model.fit(x, y, batch_size=64, epochs=12, verbose=2)
