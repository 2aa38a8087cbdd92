"""Neural ODE with an adaptive Heun-Euler solver, written after the torchdiffeq README."""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(2)
tf.random.set_seed(2)


def spirals(n, seed=0):
    rng = np.random.default_rng(seed)
    start = rng.normal(size=(n, 2)).astype("float32")
    rot = np.array([[0.6, -0.8], [0.8, 0.6]], "float32") * 0.7
    return start, start @ rot


class ODEFunc(layers.Layer):
    """dz/dt; last layer starts at zero so that the flow is the identity in the beginning (FFJORD trick)."""

    def __init__(self):
        super().__init__()
        self.l1 = layers.Dense(32, activation="tanh")
        self.l2 = layers.Dense(2, kernel_initializer="zeros")

    def call(self, z):
        return self.l2(self.l1(z ** 3))


class StepController:
    def __init__(self, tol=1e-3, safety=0.9, order=2):
        self.tol, self.safety, self.order = tol, safety, order

    def local_error(self, high, low):
        return tf.reduce_max(tf.abs(high - low))

    def factor(self, high, low):
        error = self.local_error(high, low)
        return self.safety * tf.pow(self.tol / error, 1.0 / self.order)  # whynan: divide_by_zero phase=gradient|forward


def odeint(func, z, t1=1.0, h0=0.25, controller=None, max_steps=20):
    t, h = 0.0, tf.constant(h0)
    for _ in range(max_steps):
        k1 = func(z)
        euler = z + h * k1
        k2 = func(euler)
        heun = z + 0.5 * h * (k1 + k2)
        z, t = heun, t + float(h)
        if t >= t1 - 1e-6:
            break
        h = tf.minimum(h * controller.factor(heun, euler), t1 - t)
    return z


x, y = spirals(128)
func, controller = ODEFunc(), StepController()
func(x[:1])
opt = keras.optimizers.Adam(1e-2)
for it in range(30):
    idx = np.random.default_rng(it).integers(0, len(x), 32)
    with tf.GradientTape() as tape:
        pred = odeint(func, tf.constant(x[idx]), controller=controller)
        loss = tf.reduce_mean(tf.square(pred - y[idx]))
    grads = tape.gradient(loss, func.trainable_variables)
    opt.apply_gradients(zip(grads, func.trainable_variables))
    if it % 5 == 0:
        print(f"it {it:3d} loss {float(loss):.5f}")
