"""Ensemble forecast of 24 h cyclone displacement.

A small generator turns (predictors, noise) into members; it is trained on the
energy score, the multivariate CRPS:  ES = E|X - y| - 1/2 E|X - X'|.
"""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(505)

MEMBERS = 10
NOISE = 4


def best_track(n, rng):
    """Synthetic best-track sample; displacements in units of 100 km."""
    lat = rng.uniform(8, 32, n)
    motion = np.column_stack([-3.5 + 0.22 * (lat - 8), 0.8 + 0.08 * (lat - 8)])
    motion = motion + rng.normal(0, 0.6, (n, 2))
    steering = motion * rng.uniform(0.8, 1.2, (n, 1)) + rng.normal(0, 0.5, (n, 2))
    vmax = rng.gamma(6, 6, n) + 15
    shear = rng.gamma(3, 3, n)
    spread = 0.4 + 0.03 * shear
    target = 0.55 * motion + 0.5 * steering + spread[:, None] * rng.normal(0, 1, (n, 2))
    x = np.column_stack([lat, motion, steering, vmax, shear])
    return x.astype("float32"), target.astype("float32")


class Generator(keras.Model):
    def __init__(self, members, noise):
        super().__init__()
        self.members = members
        self.noise = noise
        self.norm = layers.Normalization()
        self.hidden = [layers.Dense(48, activation="silu") for _ in range(2)]
        self.head = layers.Dense(2)
        self.rand = keras.random.SeedGenerator(17)

    def call(self, x):
        x = self.norm(x)
        n = tf.shape(x)[0]
        x = tf.repeat(x[:, None, :], self.members, axis=1)
        z = keras.random.normal((n, self.members, self.noise), seed=self.rand)
        h = tf.concat([x, z], axis=-1)
        for layer in self.hidden:
            h = layer(h)
        return self.head(h)


def energy_score(members, truth):
    error = tf.norm(members - truth[:, None, :], axis=-1)
    spread = tf.norm(members[:, :, None, :] - members[:, None, :, :], axis=-1)  # whynan: norm_grad_at_zero phase=gradient also=sqrt_grad_at_zero
    return tf.reduce_mean(error, axis=1) - 0.5 * tf.reduce_mean(spread, axis=[1, 2])


rng = np.random.default_rng(11)
x_train, y_train = best_track(2400, rng)
x_test, y_test = best_track(400, rng)

gen = Generator(MEMBERS, NOISE)
gen.norm.adapt(x_train)
gen(x_train[:2])
schedule = keras.optimizers.schedules.CosineDecay(2e-3, decay_steps=8 * 38)
optimizer = keras.optimizers.Adam(schedule)


@tf.function
def update(x, y):
    with tf.GradientTape() as tape:
        score = tf.reduce_mean(energy_score(gen(x), y))
    grads = tape.gradient(score, gen.trainable_variables)
    optimizer.apply_gradients(zip(grads, gen.trainable_variables))
    return score


ds = tf.data.Dataset.from_tensor_slices((x_train, y_train)).shuffle(2400, seed=2).batch(64)
for epoch in range(8):
    running = keras.metrics.Mean()
    for xb, yb in ds:
        running.update_state(update(xb, yb))
    held_out = tf.reduce_mean(energy_score(gen(x_test), y_test))
    print(f"epoch {epoch}: ES {float(running.result()):.3f}   held out {float(held_out):.3f}")

members = gen(x_test).numpy()
track_error = np.linalg.norm(members.mean(axis=1) - y_test, axis=-1).mean()
print(f"mean track error {100 * track_error:.0f} km, ensemble sd {100 * members.std(axis=1).mean():.0f} km")
