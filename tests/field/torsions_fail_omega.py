"""
Peptide bond torsions: predict the omega angle of a residue together with how sure we are.

The head returns a direction (x, y) and the log of the concentration of a von Mises
distribution. Features per residue: phi, psi (as sin/cos), hydropathy, B factor, resolution.
"""
import math

import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(90)


def fake_residues(n, rng):
    phi = rng.vonmises(-1.2, 4.0, n)
    psi = np.where(rng.random(n) < 0.55, rng.vonmises(-0.8, 8.0, n), rng.vonmises(2.3, 6.0, n))
    hydropathy = rng.choice([-4.5, -3.5, -0.8, 1.8, 2.8, 3.8, 4.2], n) / 4.5
    bfactor = (rng.gamma(4.0, 6.0, n) - 24.0) / 12.0
    resolution = rng.uniform(1.0, 1.8, n) - 1.4
    X = np.stack([np.sin(phi), np.cos(phi), np.sin(psi), np.cos(psi),
                  hydropathy, bfactor, resolution], axis=1)
    omega = math.pi + 0.05 * np.sin(psi) + rng.normal(0, 0.03, n)
    omega = np.arctan2(np.sin(omega), np.cos(omega))
    return X.astype("float32"), omega.astype("float32")[:, None]


def log_normaliser(kappa):
    return tf.math.log(2.0 * math.pi * tf.math.bessel_i0(kappa))  # whynan: exp_overflow phase=loss


class VonMisesNLL(keras.losses.Loss):
    def call(self, y_true, y_pred):
        direction = y_pred[:, :2]
        length = tf.sqrt(tf.reduce_sum(tf.square(direction), axis=-1) + 1e-6)
        cos_mu = direction[:, 0] / length
        sin_mu = direction[:, 1] / length
        angle = y_true[:, 0]
        agreement = tf.cos(angle) * cos_mu + tf.sin(angle) * sin_mu
        kappa = tf.exp(y_pred[:, 2])
        return log_normaliser(kappa) - kappa * agreement


def mean_angle_error(y_true, y_pred):
    mu = tf.atan2(y_pred[:, 1], y_pred[:, 0])
    d = y_true[:, 0] - mu
    return tf.abs(tf.atan2(tf.sin(d), tf.cos(d)))


def network(n_features):
    inp = keras.Input((n_features,))
    h = layers.Dense(32, activation="relu")(inp)
    h = layers.Dense(32, activation="relu")(h)
    return keras.Model(inp, layers.Dense(3)(h))


rng = np.random.default_rng(12)
X, omega = fake_residues(2400, rng)
X_val, omega_val = fake_residues(400, rng)

model = network(X.shape[1])
model.compile(optimizer=keras.optimizers.Adam(5e-3), loss=VonMisesNLL(), metrics=[mean_angle_error])
history = model.fit(X, omega, validation_data=(X_val, omega_val), batch_size=48, epochs=40, verbose=2)

sure = model.predict(X_val, verbose=0)[:, 2]
print("log concentration, 5/50/95 %:", np.percentile(sure, [5, 50, 95]))
