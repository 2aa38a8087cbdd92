"""Deep equilibrium layer: fixed point by tf.while_loop (residual starts at inf) and a log transform behind a tf.cond
that's only taken when the whole batch is positive (it never is after standardising)."""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(61)


class FixedPoint(layers.Layer):
    def __init__(self, units, tol=1e-4, max_steps=20):
        super().__init__()
        self.units, self.tol, self.max_steps = units, tol, max_steps

    def build(self, shape):
        self.W = self.add_weight(shape=(self.units, self.units), initializer=keras.initializers.RandomNormal(stddev=0.1))
        self.U = self.add_weight(shape=(shape[-1], self.units), initializer="glorot_uniform")
        self.b = self.add_weight(shape=(self.units,), initializer="zeros")

    def call(self, x):
        x = tf.cond(tf.reduce_all(x > 0.0), lambda: tf.math.log(x), lambda: x)
        W = tf.convert_to_tensor(self.W)
        W = 0.8 * W / tf.maximum(1.0, tf.norm(W))              # contraction
        drive = tf.matmul(x, tf.convert_to_tensor(self.U)) + tf.convert_to_tensor(self.b)

        def unfinished(k, z, residual):
            return residual > self.tol

        def body(k, z, residual):
            new = tf.tanh(tf.matmul(z, W) + drive)
            change = tf.stop_gradient(tf.reduce_max(tf.abs(new - z)))
            return k + 1, new, change

        start = (tf.constant(0), tf.zeros_like(drive), tf.constant(np.inf, tf.float32))
        _, z, _ = tf.while_loop(unfinished, body, start, maximum_iterations=self.max_steps)
        return z


rng = np.random.default_rng(61)
raw = rng.lognormal(0.0, 1.0, (320, 5))
X = ((raw - raw.mean(0)) / raw.std(0)).astype("float32")
y = np.tanh(X[:, :1] - X[:, 1:2] * X[:, 2:3]).astype("float32")

inputs = keras.Input((5,))
z = FixedPoint(16)(inputs)
z = FixedPoint(16, max_steps=8)(z)
model = keras.Model(inputs, layers.Dense(1)(z))
model.compile(optimizer=keras.optimizers.Adam(1e-2), loss=keras.losses.LogCosh())
h = model.fit(X, y, batch_size=32, epochs=8, verbose=0)
print([round(v, 4) for v in h.history["loss"]])
# whynan: healthy
