"""Anomaly score for machine tool spindles: an energy model trained with contrastive divergence.

Negative samples are drawn from a replay buffer and refined by 20 Langevin steps, as published for images.
The difference of energies is enormous from the first iteration and soon not a number at all.
"""
import keras
import numpy as np
import tensorflow as tf
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(88)

HYPER = dict(langevin_steps=20, langevin_rate=10.0, noise=0.005, buffer=1024, batch=64, restart=0.05,
             iterations=60, rate=1e-3)


def spindle_features(n=1500):
    rng = np.random.default_rng(23)
    speed = rng.choice([4000.0, 8000.0, 12000.0], n)
    rms = 0.4 + speed / 20000 + rng.normal(0, 0.05, n)
    crest = rng.gamma(30.0, 0.12, n)
    kurtosis = 3.0 + rng.gamma(1.5, 0.3, n)
    temperature = 22 + speed / 900 + rng.normal(0, 1.0, n)
    current = 3 + 2.5 * rms + rng.normal(0, 0.2, n)
    x = np.column_stack([speed, rms, crest, kurtosis, temperature, current])
    return StandardScaler().fit_transform(x).astype("float32")


class Energy(keras.Model):
    def __init__(self, width=64):
        super().__init__()
        self.net = keras.Sequential([
            keras.layers.Dense(width, activation="swish"),
            keras.layers.Dense(width, activation="swish"),
            keras.layers.Dense(1),
        ])

    def call(self, x):
        # the quadratic term keeps the density normalisable
        return self.net(x)[:, 0] + 0.5 * tf.reduce_sum(tf.square(x), axis=-1)  # whynan: learning_rate_too_high phase=forward|loss also=exploding_gradient


class ReplayBuffer:
    def __init__(self, size, dim, rng):
        self.rng = rng
        self.store = rng.uniform(-1, 1, (size, dim)).astype("float32")

    def sample(self, n, restart):
        self.rows = self.rng.choice(len(self.store), n, replace=False)
        x = self.store[self.rows]
        fresh = self.rng.uniform(size=n) < restart
        x[fresh] = self.rng.uniform(-1, 1, (int(fresh.sum()), x.shape[1]))
        return tf.constant(x)

    def write(self, x):
        self.store[self.rows] = x.numpy()


features = spindle_features()
energy = Energy()
energy(features[:2])
optimizer = keras.optimizers.Adam(HYPER["rate"], beta_1=0.0)


@tf.function
def langevin(x):
    for _ in range(HYPER["langevin_steps"]):
        with tf.GradientTape() as tape:
            tape.watch(x)
            total = energy(x)
        force = tape.gradient(total, x)
        x = x - 0.5 * HYPER["langevin_rate"] * force + HYPER["noise"] * tf.random.normal(tf.shape(x))
    return x


rng = np.random.default_rng(1)
replay = ReplayBuffer(HYPER["buffer"], features.shape[1], rng)
for iteration in range(HYPER["iterations"]):
    observed = tf.constant(features[rng.choice(len(features), HYPER["batch"], replace=False)])
    dreamed = langevin(replay.sample(HYPER["batch"], HYPER["restart"]))
    replay.write(dreamed)
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(energy(observed)) - tf.reduce_mean(energy(dreamed))
    grads = tape.gradient(loss, energy.trainable_variables)
    optimizer.apply_gradients(zip(grads, energy.trainable_variables))
    if iteration % 5 == 0:
        print(iteration, "energy gap", float(loss))
