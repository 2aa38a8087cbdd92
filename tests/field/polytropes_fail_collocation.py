"""
Lane-Emden equation with a physics-informed network

    theta'' + 2/xi theta' + theta^n = 0,   theta(0) = 1, theta'(0) = 0

n = 3   Eddington's standard model (first zero at 6.897)
n = 1.5 fully convective star / non-relativistic white dwarf

The boundary values are built into the trial function.
"""
import time
import numpy as np
import tensorflow as tf
from tensorflow import keras

keras.utils.set_random_seed(314)

N_POLY = 1.5
XI_MAX = 7.0
N_COLLOC = 256
STEPS = 1500


class Star(keras.Model):
    def __init__(self, width=32):
        super().__init__()
        self.a = keras.layers.Dense(width, activation="tanh")
        self.b = keras.layers.Dense(width, activation="tanh")
        self.c = keras.layers.Dense(1)

    def call(self, xi):
        z = xi / XI_MAX
        return 1.0 + xi ** 2 * self.c(self.b(self.a(z)))


star = Star()
star(tf.ones((1, 1)))
schedule = keras.optimizers.schedules.ExponentialDecay(1e-2, 500, 0.6)
adam = keras.optimizers.Adam(schedule)


def derivatives(xi):
    with tf.GradientTape() as outer:
        outer.watch(xi)
        with tf.GradientTape() as inner:
            inner.watch(xi)
            theta = star(xi)
        d1 = inner.gradient(theta, xi)
    d2 = outer.gradient(d1, xi)
    return theta, d1, d2


@tf.function
def step(xi):
    with tf.GradientTape() as tape:
        theta, d1, d2 = derivatives(xi)
        residual = d2 + 2.0 / xi * d1 + theta ** N_POLY  # whynan: pow_domain phase=loss|forward
        loss = tf.reduce_mean(tf.square(residual))
    g = tape.gradient(loss, star.trainable_variables)
    adam.apply_gradients(zip(g, star.trainable_variables))
    return loss


def runge_kutta(n, h=1e-3):
    xi, th, v = 1e-3, 1.0, -1e-3 / 3
    out = []

    def rhs(x, a, b):
        return b, -2 / x * b - max(a, 0.0) ** n
    while xi < XI_MAX and th > 0:
        out.append((xi, th))
        k1 = rhs(xi, th, v)
        k2 = rhs(xi + h / 2, th + h / 2 * k1[0], v + h / 2 * k1[1])
        th, v, xi = th + h * k2[0], v + h * k2[1], xi + h
    return np.array(out, "float32")


rng = np.random.default_rng(0)
t0 = time.time()
for i in range(STEPS):
    u = (np.arange(N_COLLOC) + rng.random(N_COLLOC)) / N_COLLOC
    xi = tf.constant((1e-2 + (XI_MAX - 1e-2) * u)[:, None], tf.float32)
    loss = step(xi)
    if i % 250 == 0:
        print(f"step {i:5d}  residual {float(loss):.5f}  {time.time() - t0:.1f} s")

ref = runge_kutta(N_POLY)
theta = star(ref[::20, :1]).numpy()[:, 0]
print("largest deviation from RK2:", np.abs(theta - ref[::20, 1]).max())
zero = ref[-1, 0]
print("surface at xi =", zero)
