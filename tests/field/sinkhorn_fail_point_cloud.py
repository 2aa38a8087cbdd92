"""Generative model of 2-D point clouds with the Sinkhorn divergence as loss (Genevay et al.)."""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(16)


def two_rings(n, rng):
    phi = rng.uniform(0, 2 * np.pi, n)
    r = np.where(rng.random(n) < 0.5, 0.5, 1.0)
    pts = np.stack([r * np.cos(phi), r * np.sin(phi)], 1) + np.array([7.0, -6.0])
    return pts.astype("float32")


def squared_cost(x, y):
    return tf.reduce_sum(tf.square(x[:, None] - y[None]), axis=-1)


class Sinkhorn:
    def __init__(self, eps=0.05, n_iter=20):
        self.eps, self.n_iter = eps, n_iter

    def gibbs(self, cost):
        return tf.exp(-cost / self.eps)

    def scalings(self, K, a, b):
        v = tf.ones_like(b)
        for _ in range(self.n_iter):
            u = a / tf.linalg.matvec(K, v)  # whynan: exp_underflow phase=loss|forward also=divide_by_zero
            v = b / tf.linalg.matvec(K, u, transpose_a=True)
        return u, v

    def __call__(self, x, y):
        cost = squared_cost(x, y)
        a = tf.fill([x.shape[0]], 1.0 / x.shape[0])
        b = tf.fill([y.shape[0]], 1.0 / y.shape[0])
        K = self.gibbs(cost)
        u, v = self.scalings(K, a, b)
        plan = u[:, None] * K * v[None, :]
        return tf.reduce_sum(plan * cost)


generator = keras.Sequential([
    keras.Input((4,)),
    layers.Dense(32, activation="tanh"),
    layers.Dense(32, activation="tanh"),
    layers.Dense(2),
])
sinkhorn = Sinkhorn()
optimizer = keras.optimizers.Adam(1e-2)
optimizer.build(generator.trainable_variables)


@tf.function
def train_step(noise, real):
    with tf.GradientTape() as tape:
        fake = generator(noise, training=True)
        loss = sinkhorn(fake, real)
    grads = tape.gradient(loss, generator.trainable_variables)
    optimizer.apply_gradients(zip(grads, generator.trainable_variables))
    return loss


rng = np.random.default_rng(2)
for step in range(30):
    loss = train_step(tf.constant(rng.normal(size=(64, 4)), tf.float32), tf.constant(two_rings(64, rng)))
    if step % 10 == 0:
        print(step, float(loss))
