"""Wind profile at a flux tower: a network gives friction velocity, stability and roughness, physics gives the wind at
three heights (Monin-Obukhov, Businger-Dyer functions).

Compiled with XLA.  Losses of the first steps are fine, then NaN.  It looked like an XLA bug but without jit_compile it is
the same.  Clipping the stability to +-0.05 1/m changed nothing.
"""
import math

import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(31)
KARMAN = 0.4
HEIGHTS = tf.constant([[10.0, 40.0, 80.0]])


def psi_momentum(zeta):
    """Integrated stability correction: Businger-Dyer on unstable days, log-linear in stable nights."""
    x = tf.pow(1.0 - 16.0 * zeta, 0.25)  # whynan: where_gradient_trap phase=gradient also=pow_domain
    unstable = (
        2.0 * tf.math.log((1.0 + x) / 2.0)
        + tf.math.log((1.0 + tf.square(x)) / 2.0)
        - 2.0 * tf.atan(x)
        + math.pi / 2.0
    )
    return tf.where(zeta < 0.0, unstable, -5.0 * zeta)


class SurfaceLayer(keras.layers.Layer):
    def call(self, raw):
        friction = 0.05 + tf.nn.softplus(raw[:, 0:1])
        inverse_length = tf.clip_by_value(0.05 * tf.tanh(raw[:, 1:2]), -0.05, 0.05)
        roughness = 0.03 * tf.exp(tf.tanh(raw[:, 2:3]))
        profile = tf.math.log(HEIGHTS / roughness) - psi_momentum(HEIGHTS * inverse_length)
        return friction / KARMAN * profile


def tower(n, rng):
    hour = rng.uniform(0, 24, n)
    radiation = np.clip(600 * np.sin((hour - 6) / 12 * np.pi), -60, None) + rng.normal(0, 20, n)
    pressure_gradient = rng.gamma(2.0, 0.5, n)
    direction = rng.uniform(0, 2 * np.pi, n)
    friction = 0.15 + 0.2 * pressure_gradient
    inverse_length = np.where(radiation > 0, -0.02 * radiation / 600, 0.015 * -radiation / 60) / (1 + pressure_gradient)
    z = HEIGHTS.numpy()
    log_part = np.log(z / 0.04)
    zeta = z * inverse_length[:, None]
    x = (1 - 16 * np.minimum(zeta, 0)) ** 0.25
    psi = np.where(zeta < 0, 2 * np.log((1 + x) / 2) + np.log((1 + x**2) / 2) - 2 * np.arctan(x) + np.pi / 2, -5 * zeta)
    wind = friction[:, None] / KARMAN * (log_part - psi) + rng.normal(0, 0.2, (n, 3))
    features = np.column_stack([
        radiation / 300, pressure_gradient - 1, np.sin(direction), np.cos(direction),
        np.sin(hour / 12 * np.pi), np.cos(hour / 12 * np.pi),
    ])
    return features.astype("float32"), wind.astype("float32")


def main(steps=120, batch=64):
    rng = np.random.default_rng(31)
    features, wind = tower(1024, rng)
    net = keras.Sequential([
        keras.Input((6,)),
        keras.layers.Dense(24, activation="tanh"),
        keras.layers.Dense(24, activation="tanh"),
        keras.layers.Dense(3, kernel_initializer="zeros"),
        SurfaceLayer(),
    ])
    weights = net.trainable_variables
    optimizer = keras.optimizers.Adam(3e-3, clipnorm=1.0)
    optimizer.build(weights)

    @tf.function(jit_compile=True)
    def step(x, u):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(net(x, training=True) - u))
        optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights))
        return loss

    for number in range(steps):
        pick = rng.integers(0, len(features), batch)
        loss = step(tf.constant(features[pick]), tf.constant(wind[pick]))
        if number < 5 or number % 20 == 0:
            print(f"{number:4d}  {loss.numpy():.4f}")


if __name__ == "__main__":
    main()
