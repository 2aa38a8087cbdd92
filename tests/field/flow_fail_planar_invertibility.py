# Planar normalising flow (Rezende & Mohamed 2015) fitted to a ring-shaped energy. ELBO is nan.
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(1)
rng = np.random.default_rng(1)
DIM, LAYERS = 2, 16


class PlanarFlow(keras.layers.Layer):
    def __init__(self, u0, w0, **kwargs):
        super().__init__(**kwargs)
        self.u = self.add_weight(shape=(DIM, 1), initializer=lambda s, dtype=None: tf.constant(u0, dtype), name="u")
        self.w = self.add_weight(shape=(DIM, 1), initializer=lambda s, dtype=None: tf.constant(w0, dtype), name="w")
        self.b = self.add_weight(shape=(1,), initializer="zeros", name="b")

    def call(self, z):
        a = tf.tanh(tf.matmul(z, self.w) + self.b)
        psi = (1.0 - a * a) * tf.transpose(self.w)
        log_det = tf.math.log(1.0 + tf.matmul(psi, self.u))  # whynan: log_of_negative phase=forward
        return z + tf.matmul(a, self.u, transpose_b=True), log_det[:, 0]


class FlowStack(keras.Model):
    def __init__(self, n_layers):
        super().__init__()
        self.flows = [
            PlanarFlow(rng.normal(size=(DIM, 1)).astype("float32"), rng.normal(size=(DIM, 1)).astype("float32"))
            for _ in range(n_layers)
        ]

    def call(self, z):
        total = 0.0
        for flow in self.flows:
            z, ld = flow(z)
            total += ld
        return z, total


def ring_log_density(z):
    r = tf.sqrt(tf.reduce_sum(z * z, axis=1) + 1e-6)
    return -0.5 * tf.square((r - 2.0) / 0.4)


model = FlowStack(LAYERS)
opt = keras.optimizers.Adam(1e-3)


@tf.function
def step(z0):
    with tf.GradientTape() as tape:
        zk, log_det = model(z0)
        log_q0 = -0.5 * tf.reduce_sum(z0 * z0, 1)
        free_energy = tf.reduce_mean(log_q0 - log_det - ring_log_density(zk))
    grads = tape.gradient(free_energy, model.trainable_variables)
    opt.apply_gradients(zip(grads, model.trainable_variables))
    return free_energy


for it in range(30):
    f = step(tf.constant(rng.normal(size=(256, DIM)), tf.float32))
    if it % 10 == 0:
        print(it, float(f))
