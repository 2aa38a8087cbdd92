"""Cosmology from type Ia supernovae: fit Omega_m, Omega_Lambda and the absolute magnitude by gradient descent.

Distances go through a small set of classes (background -> integrator -> distance modulus -> likelihood). I start from
the concordance values. The first chi-square that is printed is what I get by hand (about 1), the second one is nan.
"""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(12)
C_KM_S = 299792.458


class Background(tf.Module):
    def __init__(self, omega_m, omega_l):
        super().__init__(name="background")
        self.omega_m = tf.Variable(omega_m, name="omega_m")
        self.omega_l = tf.Variable(omega_l, name="omega_l")

    @property
    def omega_k(self):
        return 1.0 - self.omega_m - self.omega_l

    def inverse_expansion(self, z):
        a = 1.0 + z
        e2 = self.omega_m * a ** 3 + self.omega_k * a ** 2 + self.omega_l
        return tf.math.rsqrt(tf.maximum(e2, 1e-4))


class GaussLegendre:
    def __init__(self, order):
        x, w = np.polynomial.legendre.leggauss(order)
        self.x = tf.constant(0.5 * (x + 1.0), tf.float32)
        self.w = tf.constant(0.5 * w, tf.float32)

    def from_zero(self, f, upper):
        nodes = upper[:, None] * self.x[None, :]
        return upper * tf.reduce_sum(self.w * f(nodes), axis=1)


class Distances(tf.Module):
    """All distances in units of c / H0."""

    def __init__(self, background, order=24):
        super().__init__(name="distances")
        self.background = background
        self.rule = GaussLegendre(order)

    def comoving(self, z):
        return self.rule.from_zero(self.background.inverse_expansion, z)

    def transverse(self, z):
        chi = self.comoving(z)
        ok = self.background.omega_k
        root = tf.sqrt(tf.abs(ok))
        curved = tf.where(ok > 0.0, tf.sinh(root * chi), tf.sin(root * chi)) / root  # whynan: where_gradient_trap phase=gradient also=divide_by_zero,sqrt_grad_at_zero
        # flat limit, the formula above is singular there
        return tf.where(tf.abs(ok) < 1e-6, chi, curved)

    def luminosity(self, z):
        return (1.0 + z) * self.transverse(z)


class HubbleDiagram(tf.Module):
    def __init__(self, distances, h0=70.0):
        super().__init__(name="hubble_diagram")
        self.distances = distances
        self.offset = tf.Variable(0.0, name="magnitude_offset")
        self.scale = C_KM_S / h0

    def modulus(self, z):
        d_l = self.scale * self.distances.luminosity(z)
        return 5.0 * tf.math.log(d_l) / tf.math.log(10.0) + 25.0 + self.offset


class Likelihood:
    def __init__(self, diagram, z, mu, sigma):
        self.diagram, self.z, self.mu, self.sigma = diagram, z, mu, sigma

    def reduced_chi2(self):
        pull = (self.diagram.modulus(self.z) - self.mu) / self.sigma
        return tf.reduce_mean(tf.square(pull))


def mock_sample(n=240, om=0.31, seed=5):
    rng = np.random.default_rng(seed)
    z = np.sort(np.concatenate([rng.uniform(0.02, 0.1, n // 4), rng.uniform(0.1, 1.3, n - n // 4)]))
    grid = np.linspace(0.0, 1.4, 4000)
    inv = 1.0 / np.sqrt(om * (1 + grid) ** 3 + 1 - om)
    chi = np.concatenate([[0.0], np.cumsum(0.5 * (inv[1:] + inv[:-1]) * np.diff(grid))])
    mu = 5 * np.log10((1 + z) * C_KM_S / 70.0 * np.interp(z, grid, chi)) + 25
    sigma = rng.uniform(0.09, 0.18, n)
    return [tf.constant(v, tf.float32) for v in (z, mu + sigma * rng.standard_normal(n), sigma)]


def main():
    z, mu, sigma = mock_sample()
    diagram = HubbleDiagram(Distances(Background(omega_m=0.3, omega_l=0.7)))
    likelihood = Likelihood(diagram, z, mu, sigma)
    variables = list(diagram.trainable_variables)
    optimizer = keras.optimizers.Adam(learning_rate=4e-3)

    @tf.function
    def evaluate():
        with tf.GradientTape() as tape:
            chi2 = likelihood.reduced_chi2()
        return chi2, tape.gradient(chi2, variables)

    for step in range(120):
        chi2, grads = evaluate()
        optimizer.apply_gradients(zip(grads, variables))
        if step < 3 or step % 20 == 0:
            print(step, "chi2/n", float(chi2), {v.name: round(float(v), 4) for v in variables})


main()
