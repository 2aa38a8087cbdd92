"""Neural signed distance function with the eikonal regulariser |grad f| = 1 (IGR)."""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(14)
rng = np.random.default_rng(14)


def circle(n, radius=0.6):
    t = rng.uniform(0, 2 * np.pi, n)
    return (radius * np.stack([np.cos(t), np.sin(t)], 1)).astype("float32")


def make_sdf(width=32):
    p = keras.Input((2,))
    h = keras.layers.Dense(width, activation="softplus")(p)
    h = keras.layers.Dense(width, activation="softplus")(h)
    # "last layer to zero" to start from a flat field
    d = keras.layers.Dense(1, kernel_initializer="zeros", bias_initializer="zeros")(h)
    return keras.Model(p, d)


class SDFTrainer:
    def __init__(self, net, lam=0.1):
        self.net, self.lam = net, lam
        self.opt = keras.optimizers.Adam(1e-3)

    def eikonal(self, pts):
        with tf.GradientTape() as inner:
            inner.watch(pts)
            value = self.net(pts)
        normal = inner.gradient(value, pts)
        length = tf.norm(normal, axis=-1)  # whynan: norm_grad_at_zero phase=gradient also=sqrt_grad_at_zero
        return tf.reduce_mean(tf.square(length - 1.0))

    @tf.function
    def step(self, surface, space):
        with tf.GradientTape() as outer:
            fit = tf.reduce_mean(tf.abs(self.net(surface)))
            total = fit + self.lam * self.eikonal(space)
        grads = outer.gradient(total, self.net.trainable_variables)
        self.opt.apply_gradients(zip(grads, self.net.trainable_variables))
        return total


trainer = SDFTrainer(make_sdf())
for it in range(20):
    space = rng.uniform(-1, 1, size=(64, 2)).astype("float32")
    out = trainer.step(tf.constant(circle(64)), tf.constant(space))
    print(it, float(out))
