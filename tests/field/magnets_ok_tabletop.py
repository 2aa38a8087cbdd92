"""Learn the pair energy of disc magnets on an air table from total energies and forces.

Frames hold 4 to 8 discs; unused slots sit at the origin with zero strength.
"""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(31)
rng = np.random.default_rng(31)
SLOTS = 8


def make_frames(n):
    grid = np.stack(np.meshgrid(np.arange(3), np.arange(3)), -1).reshape(9, 2) * 1.2 + 1.0
    pos = np.zeros((n, SLOTS, 2))
    strength = np.zeros((n, SLOTS))
    for i in range(n):
        k = rng.integers(4, SLOTS + 1)
        cells = rng.permutation(9)[:k]
        pos[i, :k] = grid[cells] + rng.uniform(-0.22, 0.22, (k, 2))
        strength[i, :k] = rng.uniform(0.5, 1.2, k) * rng.choice([-1, 1], k)
    return pos, strength


def physics(pos, q):
    real = q != 0
    pair = real[:, :, None] & real[:, None, :] & ~np.eye(SLOTS, dtype=bool)
    diff = pos[:, :, None] - pos[:, None]
    r = np.sqrt((diff ** 2).sum(-1))
    qq = q[:, :, None] * q[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        e = qq / r
        f = qq[..., None] * diff / r[..., None] ** 3
    energy = 0.5 * np.where(pair, e, 0.0).sum((1, 2))
    force = np.where(pair[..., None], f, 0.0).sum(2)
    return energy, force, pair


positions, strengths = make_frames(320)
energies, forces, pairs = physics(positions, strengths)
print("energy range", energies.min(), energies.max(), " |F| max", np.abs(forces).max())

pair_net = keras.Sequential([
    keras.layers.Input((3,)),
    keras.layers.Dense(32, activation="tanh"),
    keras.layers.Dense(32, activation="tanh"),
    keras.layers.Dense(1),
])
opt = keras.optimizers.Adam(4e-3)


def squared_distance(pos):
    diff = pos[:, :, None, :] - pos[:, None, :, :]
    return tf.reduce_sum(diff * diff, axis=-1)


def energy_of(pos, q, pair):
    d2 = squared_distance(pos)
    r = tf.sqrt(tf.where(pair, d2, 1.0))
    qq = q[:, :, None] * q[:, None, :]
    feats = tf.reshape(tf.stack([r, 1.0 / r, qq], axis=-1), (-1, 3))
    u = tf.reshape(pair_net(feats), tf.shape(r))
    return 0.5 * tf.reduce_sum(tf.where(pair, u, 0.0), axis=(1, 2))


def crowding(pos, pair):
    # discs with close neighbours count more, empty slots not at all
    gap = tf.reduce_min(tf.where(pair, squared_distance(pos), float("inf")), axis=-1)
    return tf.exp(-gap)


def step(pos, q, pair, e_true, f_true):
    w = crowding(pos, pair)[..., None]
    with tf.GradientTape() as tape:
        with tf.GradientTape() as inner:
            inner.watch(pos)
            e = energy_of(pos, q, pair)
        f = -inner.gradient(e, pos)
        loss_e = tf.reduce_mean(tf.square(e - e_true))
        loss_f = tf.reduce_sum(w * tf.square(f - f_true)) / tf.reduce_sum(w)
        loss = loss_e + loss_f
    grads = tape.gradient(loss, pair_net.trainable_variables)
    opt.apply_gradients([(g, v) for g, v in zip(grads, pair_net.trainable_variables) if g is not None])
    return loss_e, loss_f


data = tf.data.Dataset.from_tensor_slices((
    positions.astype("float32"), strengths.astype("float32"), pairs,
    energies.astype("float32"), forces.astype("float32"),
)).shuffle(320, seed=4).batch(32)

for epoch in range(8):
    le, lf = [], []
    for batch in data:
        a, b = step(*batch)  # whynan: healthy
        le.append(float(a))
        lf.append(float(b))
    print(f"epoch {epoch}  energy mse {np.mean(le):.4f}  force mse {np.mean(lf):.4f}")
