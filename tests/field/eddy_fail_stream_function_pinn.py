# Reconstruct an eddy from ADCP current *speeds* (no direction). Network = stream function, so it is divergence free,
# hard constraint psi = r^2 * net because the mooring sits in the centre. First loss is fine, then nan.
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(31)


class StreamFunction:
    def __init__(self, width=16):
        self.net = keras.Sequential([
            keras.Input((2,)),
            keras.layers.Dense(width, activation="tanh"),
            keras.layers.Dense(width, activation="tanh"),
            keras.layers.Dense(1),
        ])

    @property
    def variables(self):
        return self.net.trainable_variables

    def psi(self, x, y):
        r2 = tf.square(x) + tf.square(y)
        return r2 * self.net(tf.concat([x, y], axis=1))

    def velocity(self, x, y):
        with tf.GradientTape(persistent=True) as tape:
            tape.watch([x, y])
            psi = self.psi(x, y)
        return tape.gradient(psi, y), -tape.gradient(psi, x)


class Physics:
    def __init__(self, flow):
        self.flow = flow

    def speed(self, x, y):
        u, v = self.flow.velocity(x, y)
        return tf.sqrt(tf.square(u) + tf.square(v))  # whynan: sqrt_grad_at_zero phase=gradient also=norm_grad_at_zero

    def misfit(self, x, y, measured):
        return tf.reduce_mean(tf.square(self.speed(x, y) - measured))


class Fitter:
    def __init__(self, flow, rate=2e-3):
        self.flow, self.physics = flow, Physics(flow)
        self.optimizer = keras.optimizers.Adam(rate)

    @tf.function
    def step(self, x, y, measured):
        with tf.GradientTape() as outer:
            loss = self.physics.misfit(x, y, measured)
        grads = outer.gradient(loss, self.flow.variables)
        self.optimizer.apply_gradients(zip(grads, self.flow.variables))
        return loss


def survey():
    """9 x 9 grid in units of the eddy radius"""
    rng = np.random.default_rng(2)
    gx, gy = np.meshgrid(np.linspace(-1, 1, 9), np.linspace(-1, 1, 9))
    r = np.sqrt(gx ** 2 + gy ** 2)
    speed = r * np.exp(-r ** 2) + 0.02 + 0.02 * rng.random(r.shape)     # instrument noise floor
    return [tf.constant(a.reshape(-1, 1), tf.float32) for a in (gx, gy, speed)]


if __name__ == "__main__":
    points = survey()
    fitter = Fitter(StreamFunction())
    for k in range(60):
        loss = fitter.step(*points)
        if k % 10 == 0:
            print(k, float(loss))
