"""Temperature across a heated rod (cylindrical symmetry) with a physics-informed net.

    u'' + u'/r + q = 0 on 0 < r < 1,   u(1) = 0      (exact: q/4 (1 - r^2))

Stage one uses random radii and works well. In stage two I refine on a regular grid, because the centre temperature is
what we need. The 1/r at the axis is replaced by its limit there, and the first loss of stage two is a normal number
of the same size as before, but from the second step on everything is nan.
"""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(18)

SOURCE = 4.0
CONFIG = {"width": 24, "depth": 2, "points": 64, "stage_one": 120, "stage_two": 120, "rate": 2e-3}


def make_net(width, depth):
    net = keras.Sequential([keras.Input((1,))])
    for _ in range(depth):
        net.add(keras.layers.Dense(width, activation="tanh"))
    net.add(keras.layers.Dense(1))
    return net


class RodSolver:
    def __init__(self, config):
        self.net = make_net(config["width"], config["depth"])
        self.optimizer = keras.optimizers.Adam(config["rate"])
        self.optimizer.build(self.net.trainable_variables)
        self.surface = tf.ones((1, 1))

    def laplacian(self, r):
        with tf.GradientTape() as second:
            second.watch(r)
            with tf.GradientTape() as first:
                first.watch(r)
                u = self.net(r)
            u_r = first.gradient(u, r)
        u_rr = second.gradient(u_r, r)
        # at the axis u_r / r tends to u_rr
        radial = tf.where(r > 0.0, u_r / r, u_rr)  # whynan: where_gradient_trap phase=gradient rows=0 also=divide_by_zero
        return u_rr + radial

    @tf.function
    def step(self, r):
        with tf.GradientTape() as tape:
            residual = self.laplacian(r) + SOURCE
            interior = tf.reduce_mean(tf.square(residual))
            boundary = tf.reduce_mean(tf.square(self.net(self.surface)))
            loss = interior + 20.0 * boundary
        gradients = tape.gradient(loss, self.net.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.net.trainable_variables))
        return loss

    def centre(self):
        return float(self.net(tf.zeros((1, 1)))[0, 0])


def main():
    solver = RodSolver(CONFIG)
    rng = np.random.default_rng(18)
    for i in range(CONFIG["stage_one"]):
        radii = rng.uniform(0.02, 1.0, (CONFIG["points"], 1)).astype("float32")
        loss = solver.step(tf.constant(radii))
        if i % 40 == 0:
            print(f"stage one {i:4d} loss {float(loss):.4f} centre {solver.centre():.3f}")

    grid = np.linspace(0.0, 1.0, CONFIG["points"], dtype="float32")[:, None]
    for i in range(CONFIG["stage_two"]):
        loss = solver.step(tf.constant(grid))
        if i < 3 or i % 40 == 0:
            print(f"stage two {i:4d} loss {float(loss):.4f} centre {solver.centre():.3f} (exact {SOURCE / 4:.3f})")


if __name__ == "__main__":
    main()
