"""Where do the starlings sleep?  Density of roosting positions in a reed bed,
planar normalizing flow (Rezende & Mohamed 2015), trained by maximum likelihood."""
import math

import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(21)
rng = np.random.default_rng(21)

K = 32          # flow length, as in the paper
BATCH = 256
EPOCHS = 15


def roost_positions(n):
    """Two crescent shaped stands of reed, coordinates in metres from the hide."""
    side = rng.integers(0, 2, n)
    a = rng.uniform(0, np.pi, n)
    east = np.where(side == 0, np.cos(a), 1.0 - np.cos(a)) * 40.0 + 120.0
    north = np.where(side == 0, np.sin(a), 0.4 - np.sin(a)) * 40.0 + 15.0
    xy = np.stack([east, north], axis=1) + rng.normal(0, 3.0, (n, 2))
    return xy


xy = roost_positions(4000)
centre, spread = xy.mean(axis=0), xy.std(axis=0)
data = ((xy - centre) / spread).astype("float32")
train, held_out = data[:3500], data[3500:]


class Planar(tf.Module):
    def __init__(self, dim, name=None):
        super().__init__(name=name)
        self.w = tf.Variable(tf.random.normal([dim]))
        self.u = tf.Variable(tf.random.normal([dim]))
        self.b = tf.Variable(0.0)

    def __call__(self, z):
        a = tf.tanh(tf.linalg.matvec(z, self.w) + self.b)
        psi = (1.0 - a ** 2)[:, None] * self.w
        log_det = tf.math.log(1.0 + tf.reduce_sum(psi * self.u, axis=-1))  # whynan: log_of_negative phase=forward|loss
        return z + self.u * a[:, None], log_det


class Flow(tf.Module):
    def __init__(self, n_layers, dim=2):
        super().__init__()
        self.steps = [Planar(dim) for _ in range(n_layers)]

    def log_prob(self, x):
        z, total = x, 0.0
        for step in self.steps:
            z, ld = step(z)
            total = total + ld
        log_base = -0.5 * tf.reduce_sum(z ** 2, axis=-1) - math.log(2 * math.pi)
        return log_base + total


flow = Flow(K)
weights = list(flow.trainable_variables)
adam = keras.optimizers.Adam(1e-3)
adam.build(weights)


@tf.function
def fit_batch(x):
    with tf.GradientTape() as tape:
        nll = -tf.reduce_mean(flow.log_prob(x))
    adam.apply_gradients(zip(tape.gradient(nll, weights), weights))
    return nll


ds = tf.data.Dataset.from_tensor_slices(train).shuffle(3500, seed=1).batch(BATCH)
for epoch in range(EPOCHS):
    losses = [float(fit_batch(x)) for x in ds]
    val = -float(tf.reduce_mean(flow.log_prob(tf.constant(held_out))))
    print(f"epoch {epoch:2d}  train nll {np.mean(losses):.4f}   held-out nll {val:.4f}")

grid = np.stack(np.meshgrid(np.linspace(-2, 2, 30), np.linspace(-2, 2, 30)), -1).reshape(-1, 2)
dens = np.exp(flow.log_prob(tf.constant(grid, tf.float32)).numpy())
print("most crowded spot (m):", grid[np.argmax(dens)] * spread + centre)
