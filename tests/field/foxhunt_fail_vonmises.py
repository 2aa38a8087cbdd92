"""Radio direction finding ("fox hunt"): which way is the transmitter, given where I stand and how strong I hear it?

Bearings are circular and some come in over the reflection from the quarry wall, so the network gives a
mixture of von Mises distributions.
"""
import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(145)

K = 2
FOX = np.array([0.0, 0.0])
QUARRY = np.array([3.0, 2.5])


def walk(n, seed=11):
    """Positions of the hunters (km), signal strength, and the bearing they wrote down."""
    rng = np.random.default_rng(seed)
    r = rng.uniform(0.6, 2.0, n)
    phi = rng.uniform(-np.pi, np.pi, n)
    pos = np.stack([r * np.cos(phi), r * np.sin(phi)], 1)
    target = np.where((rng.random(n) < 0.08)[:, None], QUARRY, FOX)
    dx, dy = (target - pos).T
    bearing = np.arctan2(dy, dx) + rng.normal(0, 0.03, n)
    strength = -np.log(r) + 0.05 * rng.normal(size=n)
    x = np.concatenate([pos, strength[:, None]], 1)
    return x.astype("float32"), bearing.astype("float32")[:, None]


class VonMisesMixture:
    """Parameters come as one flat vector: [logits | cos-ish | sin-ish | log concentration]."""

    def __init__(self, params):
        self.logits, c, s, log_kappa = tf.split(params, 4, axis=-1)
        self.mu = tf.math.atan2(s, c)
        self.kappa = tf.exp(log_kappa)

    def component_log_prob(self, angle):
        norm = tf.math.log(2 * np.pi * tf.math.bessel_i0(self.kappa))  # whynan: exp_overflow phase=forward|loss|gradient also=special_function_domain
        return self.kappa * tf.cos(angle - self.mu) - norm

    def log_prob(self, angle):
        mix = tf.nn.log_softmax(self.logits, axis=-1)
        return tf.reduce_logsumexp(mix + self.component_log_prob(angle), axis=-1)

    def main_direction(self):
        best = tf.argmax(self.logits, axis=-1)
        return tf.gather(self.mu, best, batch_dims=1)


class MixtureNLL(keras.losses.Loss):
    def call(self, y_true, y_pred):
        return -VonMisesMixture(y_pred).log_prob(y_true)


def bearing_net():
    inp = keras.Input((3,))
    h = layers.Dense(64, activation="tanh")(inp)
    h = layers.Dense(64, activation="tanh")(h)
    heads = [
        layers.Dense(K, name="logits")(h),
        layers.Dense(K, name="east")(h),
        layers.Dense(K, name="north")(h),
        layers.Dense(K, name="log_kappa")(h),
    ]
    return keras.Model(inp, layers.Concatenate()(heads))


def angular_error(net, x, bearing):
    guess = VonMisesMixture(tf.constant(net.predict(x, verbose=0))).main_direction().numpy()
    diff = np.angle(np.exp(1j * (guess - bearing[:, 0])))
    return np.degrees(np.median(np.abs(diff)))


x, bearing = walk(3000)
net = bearing_net()
net.compile(optimizer=keras.optimizers.Adam(4e-3), loss=MixtureNLL())
net.fit(x, bearing, batch_size=64, epochs=25, verbose=2)
print("median error (deg):", angular_error(net, x, bearing))
