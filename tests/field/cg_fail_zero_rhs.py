# Differentiable smoother: solves (I + lam * L^T L) u = f with a fixed number of conjugate gradient
# iterations in tf.while_loop, lam is learned. Used to denoise spectrometer baselines.
import numpy as np
import keras
import tensorflow as tf

keras.utils.set_random_seed(29)
N = 40


def curvature(u):
    return u[:, :-2] - 2.0 * u[:, 1:-1] + u[:, 2:]


def curvature_t(v):
    left, mid, right = ([[0, 0], [a, 2 - a]] for a in (0, 1, 2))
    return tf.pad(v, left) - 2.0 * tf.pad(v, mid) + tf.pad(v, right)


def dot(a, b):
    return tf.reduce_sum(a * b, axis=-1, keepdims=True)


def conjugate_gradient(apply_a, rhs, iterations=8):
    def body(k, u, r, p, rs):
        ap = apply_a(p)
        alpha = rs / dot(p, ap)  # whynan: divide_by_zero phase=forward rows=18,77
        u = u + alpha * p
        r = r - alpha * ap
        rs_new = dot(r, r)
        p = r + (rs_new / rs) * p
        return k + 1, u, r, p, rs_new

    start = (tf.constant(0), tf.zeros_like(rhs), rhs, rhs, dot(rhs, rhs))
    return tf.while_loop(lambda k, *_: k < iterations, body, start, maximum_iterations=iterations)[1]


class Smoother(keras.layers.Layer):
    def build(self, shape):
        self.log_lam = self.add_weight(shape=(), initializer="zeros", name="log_lam")

    def call(self, f):
        lam = tf.exp(tf.convert_to_tensor(self.log_lam))

        def operator(u):
            return u + lam * curvature_t(curvature(u))

        return conjugate_gradient(operator, f)


def spectra(n=192):
    rng = np.random.default_rng(29)
    pos = np.linspace(0, 1, N)
    clean = np.sin(2 * np.pi * (pos + rng.random((n, 1)))) * rng.uniform(0.5, 2, (n, 1))
    noisy = clean + rng.normal(0, 0.2, (n, N))
    for dark in (18, 77):                      # shutter closed: the driver writes zeros
        noisy[dark] = clean[dark] = 0.0
    return noisy.astype("float32"), clean.astype("float32")


class Denoiser(keras.Model):
    def __init__(self):
        super().__init__()
        self.smooth = Smoother()
        self.refine = keras.layers.Dense(N)

    def call(self, f):
        u = self.smooth(f)
        return u + 0.1 * self.refine(u)


noisy, clean = spectra()
model = Denoiser()
model.compile(keras.optimizers.RMSprop(1e-3), loss=keras.losses.MeanSquaredError())
model.fit(noisy, clean, batch_size=16, epochs=3, shuffle=False, verbose=2)
