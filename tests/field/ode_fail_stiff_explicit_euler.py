"""Grey-box reaction kinetics A -> B -> C, rate constants are fitted through an explicit Euler solver (tf.while_loop).
dt=0.01 trains, but it is slow, so I went to dt=0.1 and now everything is NaN."""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(0)


class Kinetics(keras.layers.Layer):
    def __init__(self, t_end=10.0, dt=0.1):
        super().__init__()
        self.dt = dt
        self.n_steps = int(round(t_end / dt))
        # literature values as the starting point
        self.log_k = self.add_weight(shape=(2,), initializer=keras.initializers.Constant(0.0), name="log_k")
        self.log_k.assign(np.log([80.0, 0.3]))

    def rate_matrix(self):
        k = tf.exp(tf.convert_to_tensor(self.log_k))
        zero = tf.zeros([])
        return tf.stack([
            tf.stack([-k[0], zero, zero]),
            tf.stack([k[0], -k[1], zero]),
            tf.stack([zero, k[1], zero]),
        ])

    def call(self, c0):
        K = self.rate_matrix()

        def rhs(c):
            return tf.einsum("ij,bj->bi", K, c)  # whynan: exploding_gradient phase=forward also=unknown,learning_rate_too_high

        def body(i, c):
            return i + 1, c + self.dt * rhs(c)

        _, c_end = tf.while_loop(lambda i, c: i < self.n_steps, body, [tf.constant(0), c0])
        return c_end


rng = np.random.default_rng(4)
c0 = rng.uniform(0.5, 2.0, size=(48, 3)).astype("float32")
total = c0.sum(1, keepdims=True)
c_meas = np.concatenate([0.0 * total, 0.05 * total, 0.95 * total], 1).astype("float32")

layer = Kinetics()
opt = keras.optimizers.Adam(1e-2)


@tf.function
def step(x, y):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(layer(x) - y))
    grads = tape.gradient(loss, layer.trainable_variables)
    opt.apply_gradients(zip(grads, layer.trainable_variables))
    return loss


for it in range(30):
    loss = step(tf.constant(c0), tf.constant(c_meas))
    if it % 10 == 0:
        print(it, float(loss), np.exp(layer.log_k.numpy()))
