"""Differentiable ray tracing: shape of the front surface of a concentrator lens bonded onto a solar cell.

Rays parallel to the axis meet one spherical glass surface and travel inside the glass to the cell, 20 mm below the
vertex. Adam makes the spot on the cell smaller by changing the curvature. The spot shrinks step by step as wanted, then
the radius of curvature turns into nan. The gradient clipping I added makes no difference.
"""
import collections

import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(1)

Rays = collections.namedtuple("Rays", "y slope path")
Glass = collections.namedtuple("Glass", "name n_blue n_green n_red")
BK7 = Glass("N-BK7", 1.5253, 1.5187, 1.5143)


class Aperture:
    def __init__(self, semi_diameter, count):
        self.heights = tf.constant(np.linspace(0.02, 1.0, count) * semi_diameter, tf.float32)
        # equal areas of a round opening: the outer zones count more
        self.weights = self.heights / tf.reduce_sum(self.heights)

    def collimated(self):
        return Rays(self.heights, tf.zeros_like(self.heights), tf.zeros_like(self.heights))


class SphericalSurface(tf.Module):
    def __init__(self, radius, name):
        super().__init__(name=name)
        self.curvature = tf.Variable(1.0 / radius, dtype=tf.float32, name="curvature")

    def incidence(self, y):
        sin_i = self.curvature * y
        cos_i = tf.sqrt(1.0 - tf.square(sin_i))  # whynan: sqrt_of_negative phase=forward|loss
        return sin_i, cos_i

    def sag(self, y, cos_i):
        return self.curvature * tf.square(y) / (1.0 + cos_i)

    def refract(self, rays, n_from, n_to):
        sin_i, cos_i = self.incidence(rays.y)
        eta = n_from / n_to
        cos_t = tf.sqrt(1.0 - eta ** 2 * tf.square(sin_i))
        bend = cos_t - eta * cos_i
        slope = -bend * sin_i / (eta + bend * cos_i)
        return Rays(rays.y, slope, self.sag(rays.y, cos_i))


class Cell:
    def __init__(self, distance):
        self.distance = distance

    def hit(self, rays):
        return rays.y + (self.distance - rays.path) * rays.slope


class Concentrator(tf.Module):
    def __init__(self, front, glass, cell):
        super().__init__(name="concentrator")
        self.front, self.cell = front, cell
        self.indices = (glass.n_blue, glass.n_green, glass.n_red)

    def spots(self, aperture):
        for n in self.indices:
            yield self.cell.hit(self.front.refract(aperture.collimated(), 1.0, n))

    def merit(self, aperture):
        per_colour = [tf.reduce_sum(aperture.weights * tf.square(s)) for s in self.spots(aperture)]
        return tf.add_n(per_colour) / len(per_colour)


class Designer:
    def __init__(self, system, aperture, learning_rate, clip):
        self.system, self.aperture, self.clip = system, aperture, clip
        self.optimizer = keras.optimizers.Adam(learning_rate)

    def iterate(self):
        variables = self.system.trainable_variables
        with tf.GradientTape() as tape:
            merit = self.system.merit(self.aperture)
        grads, _ = tf.clip_by_global_norm(tape.gradient(merit, variables), self.clip)
        self.optimizer.apply_gradients(zip(grads, variables))
        return tf.sqrt(merit)

    def run(self, iterations):
        for k in range(iterations):
            spot = self.iterate()
            if k % 5 == 0:
                radius = 1.0 / float(self.system.front.curvature)
                print(f"iteration {k:3d}  rms spot {float(spot):7.3f} mm  radius {radius:7.2f} mm")


lens = Concentrator(SphericalSurface(radius=40.0, name="front"), BK7, Cell(distance=20.0))
Designer(lens, Aperture(semi_diameter=12.0, count=24), learning_rate=2e-3, clip=10.0).run(iterations=80)
