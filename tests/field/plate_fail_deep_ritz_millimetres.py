"""Deflection of a loaded membrane over a 100 x 60 frame with the deep Ritz method.

The example on the unit square from the paper works with this network, now I only replaced the domain with the real frame
of our sensor. The energy is nan in the very first iteration. Smaller learning rates, a global clip norm and fewer points
made no difference.
"""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(21)

LENGTH, HEIGHT = 100.0, 60.0
PRESSURE = 2e-3
PENALTY = 500.0
WIDTH = 20


def cubic(z):
    """The paper's activation: twice differentiable and zero on the left."""
    return tf.pow(tf.nn.relu(z), 3.0)  # whynan: unscaled_input phase=forward also=exploding_gradient


class RitzBlock(keras.layers.Layer):
    def __init__(self, width, **kwargs):
        super().__init__(**kwargs)
        self.first = keras.layers.Dense(width, activation=cubic)
        self.second = keras.layers.Dense(width, activation=cubic)

    def call(self, s):
        return self.second(self.first(s)) + s


def make_network(blocks=3):
    point = keras.Input((2,))
    s = keras.layers.Dense(WIDTH)(point)
    for _ in range(blocks):
        s = RitzBlock(WIDTH)(s)
    return keras.Model(point, keras.layers.Dense(1)(s), name="deflection")


def sample_interior(rng, n):
    return tf.constant(rng.uniform([0.0, 0.0], [LENGTH, HEIGHT], size=(n, 2)), tf.float32)


def sample_frame(rng, n):
    along = rng.uniform(0.0, 1.0, size=n)
    left_bottom = rng.integers(0, 2, size=n)
    vertical = rng.integers(0, 2, size=n).astype(bool)
    points = np.where(
        vertical[:, None],
        np.stack([left_bottom * LENGTH, along * HEIGHT], axis=1),
        np.stack([along * LENGTH, left_bottom * HEIGHT], axis=1),
    )
    return tf.constant(points, tf.float32)


network = make_network()
optimizer = keras.optimizers.Adam(1e-3, global_clipnorm=1.0)


@tf.function
def iterate(interior, frame):
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            inner.watch(interior)
            u = network(interior)
        slope = inner.gradient(u, interior)
        bending = 0.5 * tf.reduce_sum(tf.square(slope), axis=1, keepdims=True)
        energy = LENGTH * HEIGHT * tf.reduce_mean(bending - PRESSURE * u)
        clamped = tf.reduce_mean(tf.square(network(frame)))
        loss = energy + PENALTY * clamped
    gradients = outer.gradient(loss, network.trainable_variables)
    optimizer.apply_gradients(zip(gradients, network.trainable_variables))
    return loss, energy


def main():
    rng = np.random.default_rng(0)
    for iteration in range(60):
        loss, energy = iterate(sample_interior(rng, 256), sample_frame(rng, 128))
        if iteration % 10 == 0:
            print(f"{iteration:4d}  loss {float(loss):.5g}  energy {float(energy):.5g}")
    centre = network(tf.constant([[LENGTH / 2, HEIGHT / 2]]))
    print("deflection in the middle", float(centre[0, 0]))


if __name__ == "__main__":
    main()
