# energy + force matching for a cluster of five colloidal particles (2D)
import itertools
import time

import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(7)

N_PART = 5
PAIRS = np.array(list(itertools.combinations(range(N_PART), 2)))
FORCE_WEIGHT = 0.2


def pair_distances(pos):
    a = tf.gather(pos, PAIRS[:, 0], axis=1)
    b = tf.gather(pos, PAIRS[:, 1], axis=1)
    return tf.sqrt(tf.reduce_sum(tf.square(a - b), axis=-1))


def reference_energy(pos):
    d = pair_distances(pos)
    morse = tf.square(1.0 - tf.exp(-2.0 * (d - 1.5))) - 1.0
    screened = 0.8 * tf.exp(-d) / d
    return tf.reduce_sum(morse + screened, axis=-1)


def snapshots(n):
    rng = np.random.default_rng(99)
    angle = 2 * np.pi * np.arange(N_PART) / N_PART
    ring = 1.3 * np.stack([np.cos(angle), np.sin(angle)], -1)
    pos = ring + rng.normal(0, 0.1, (n, N_PART, 2))
    pos = tf.constant(pos, tf.float32)
    with tf.GradientTape() as t:
        t.watch(pos)
        e = reference_energy(pos)
    f = -t.gradient(e, pos)
    return pos, e, f


def smooth_relu(h):
    # plain relu gives piecewise constant forces
    return tf.nn.relu(h) ** 1.5  # whynan: pow_grad_at_zero phase=gradient


class Potential(keras.Model):
    def __init__(self, width=40):
        super().__init__()
        self.hidden = [keras.layers.Dense(width, activation=smooth_relu) for _ in range(2)]
        self.readout = keras.layers.Dense(1)

    def call(self, pos):
        h = 2.0 * (pair_distances(pos) - 1.9)
        for layer in self.hidden:
            h = layer(h)
        return self.readout(h)[:, 0]


def energy_and_forces(model, pos):
    with tf.GradientTape() as inner:
        inner.watch(pos)
        energy = model(pos)
    return energy, -inner.gradient(energy, pos)


pos, energy, force = snapshots(1600)
e_mean, e_std = tf.reduce_mean(energy), tf.math.reduce_std(energy)
energy = (energy - e_mean) / e_std
force = force / e_std

model = Potential()
opt = keras.optimizers.Adam(keras.optimizers.schedules.ExponentialDecay(3e-3, 100, 0.9))


@tf.function
def step(p, e, f):
    with tf.GradientTape() as tape:
        e_hat, f_hat = energy_and_forces(model, p)
        e_loss = tf.reduce_mean(tf.square(e_hat - e))
        f_loss = tf.reduce_mean(tf.square(f_hat - f))
        loss = e_loss + FORCE_WEIGHT * f_loss
    grads = tape.gradient(loss, model.trainable_variables)
    opt.apply_gradients(zip(grads, model.trainable_variables))
    return e_loss, f_loss


model(pos[:2])
ds = tf.data.Dataset.from_tensor_slices((pos, energy, force)).shuffle(1600, seed=3).batch(80, drop_remainder=True)
start = time.time()
for epoch in range(10):
    log = np.array([[x.numpy() for x in step(*batch)] for batch in ds])
    print(f"epoch {epoch:2d}  energy mse {log[:, 0].mean():.4f}  force mse {log[:, 1].mean():.4f}  {time.time() - start:.1f}s")
