import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(16)
rng = np.random.default_rng(16)
points = rng.normal(size=(200, 6, 3)).astype("float32")
points[52, 4] = 0.0                     # sensor at the origin
energy = np.linalg.norm(points, axis=-1).sum(1).astype("float32")[:, None]


@tf.custom_gradient
def safe_norm(v):
    n = tf.sqrt(tf.reduce_sum(v * v, axis=-1, keepdims=True) + 1e-12)

    def grad(upstream):
        length = tf.norm(v, axis=-1, keepdims=True)
        return upstream * v / length  # whynan: wrong_custom_gradient phase=gradient rows=52 also=divide_by_zero,norm_grad_at_zero

    return n, grad


class DistanceNet(keras.Model):
    def __init__(self):
        super().__init__()
        self.rotate = keras.layers.Dense(3, use_bias=False)
        self.mix = keras.layers.Dense(12, activation="softplus")
        self.out = keras.layers.Dense(1)

    def call(self, x):
        r = safe_norm(self.rotate(x))
        return self.out(self.mix(r[..., 0]))


m = DistanceNet()
m.compile("adam", "mse")
m.fit(points, energy, batch_size=25, epochs=2, shuffle=False, verbose=2)
