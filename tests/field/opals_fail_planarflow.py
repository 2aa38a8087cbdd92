"""Density model for opal trace-element fingerprints (provenance work).

Eight log-ratios per stone, three fields. Planar normalising flow (Rezende & Mohamed 2015),
data -> base direction, maximum likelihood.
"""
import math

import numpy as np
import tensorflow as tf
import keras

SEED = 1204
keras.utils.set_random_seed(SEED)

D = 8
N_FLOWS = 20
BATCH = 200


def make_stones(n_per_field=400):
    r = np.random.default_rng(SEED)
    out = []
    for _ in range(3):
        centre = r.normal(0, 1.2, D)
        a = r.normal(0, 0.35, (D, D))
        out.append(centre + r.normal(size=(n_per_field, D)) @ a)
    x = np.concatenate(out)
    r.shuffle(x)
    return ((x - x.mean(0)) / x.std(0)).astype("float32")


class PlanarFlow(keras.layers.Layer):
    def build(self, input_shape):
        d = input_shape[-1]
        self.w = self.add_weight(shape=(d, 1), initializer=keras.initializers.RandomNormal(stddev=1.0), name="w")
        self.u = self.add_weight(shape=(1, d), initializer=keras.initializers.RandomNormal(stddev=1.0), name="u")
        self.b = self.add_weight(shape=(1,), initializer="zeros", name="b")

    def call(self, z):
        act = tf.tanh(tf.matmul(z, self.w) + self.b)
        slope = (1.0 - tf.square(act)) * tf.matmul(self.u, self.w)
        logdet = tf.math.log(1.0 + slope)  # whynan: log_of_negative phase=forward|loss also=bad_initialization
        return z + act * self.u, logdet[:, 0]


flows = [PlanarFlow(name=f"flow_{i}") for i in range(N_FLOWS)]
for f in flows:
    f.build((None, D))
params = [v for f in flows for v in f.trainable_variables]
opt = keras.optimizers.Adam(1e-3)


def log_prob(x):
    z, total = x, tf.zeros(tf.shape(x)[0])
    for f in flows:
        z, ld = f(z)
        total += ld
    base = -0.5 * tf.reduce_sum(tf.square(z), axis=1) - 0.5 * D * math.log(2 * math.pi)
    return base + total


@tf.function
def step(x):
    with tf.GradientTape() as tape:
        nll = -tf.reduce_mean(log_prob(x))
    opt.apply_gradients(zip(tape.gradient(nll, params), params))
    return nll


stones = make_stones()
train, held = stones[:1000], stones[1000:]
ds = tf.data.Dataset.from_tensor_slices(train).shuffle(1000, seed=SEED).batch(BATCH)
for epoch in range(20):
    for xb in ds:
        nll = step(xb)
    if epoch % 4 == 0:
        print(epoch, "train nll", float(nll), "held-out", float(-tf.reduce_mean(log_prob(tf.constant(held)))))
