# Stretched string under a load, u'' + f = 0 with u(0) = u(1) = 0, by collocation on random Fourier features
# (frozen frequencies, only the readout is trained, so the problem is convex). I expected an easy fit;
# the residual grows instead and ends as inf, then nan. The relative error that I print is inf all along.
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(5)

FEATURES = 128
BANDWIDTH = 15.0
EDGE_WEIGHT = 10.0
STEPS = 120


class FourierField(layers.Layer):
    def __init__(self, features, bandwidth, **kwargs):
        super().__init__(**kwargs)
        self.features = features
        self.bandwidth = bandwidth
        self.scale = float(np.sqrt(2.0 / features))
        self.readout = layers.Dense(1)

    def build(self, shape):
        self.omega = self.add_weight(
            name="omega", shape=(shape[-1], self.features), trainable=False,
            initializer=keras.initializers.RandomNormal(stddev=self.bandwidth, seed=3))
        self.phase = self.add_weight(
            name="phase", shape=(self.features,), trainable=False,
            initializer=keras.initializers.RandomUniform(0.0, 6.2832, seed=4))
        self.readout.build((None, self.features))

    def call(self, x):
        waves = tf.cos(tf.matmul(x, self.omega) + self.phase)
        return self.readout(self.scale * waves)


def load_at(x):
    return np.pi ** 2 * np.sin(np.pi * x) + 4.0 * np.pi ** 2 * 0.3 * np.sin(2.0 * np.pi * x)


def exact(x):
    return np.sin(np.pi * x) + 0.3 * np.sin(2.0 * np.pi * x)


field = FourierField(FEATURES, BANDWIDTH)
grid = np.linspace(0.0, 1.0, 96).reshape(-1, 1)
inside = tf.constant(grid, tf.float32)
force = tf.constant(load_at(grid), tf.float32)
ends = tf.constant([[0.0], [1.0]])
field(inside)

optimizer = keras.optimizers.SGD(learning_rate=5e-3)
optimizer.build(field.trainable_variables)


def curvature(x):
    with tf.GradientTape() as outer:
        outer.watch(x)
        with tf.GradientTape() as inner:
            inner.watch(x)
            u = field(x)
        slope = inner.gradient(u, x)
    return outer.gradient(slope, x)


@tf.function
def train_step(x, f, edge):
    with tf.GradientTape() as tape:
        residual = curvature(x) + f
        held = field(edge)
        loss = tf.reduce_mean(tf.square(residual)) + EDGE_WEIGHT * tf.reduce_mean(tf.square(held))  # whynan: learning_rate_too_high phase=forward|loss|gradient|update also=exploding_gradient,unscaled_input
    grads = tape.gradient(loss, field.trainable_variables)
    optimizer.apply_gradients(zip(grads, field.trainable_variables))
    return loss


for step in range(STEPS):
    loss = train_step(inside, force, ends)
    if step % 10 == 0:
        shape = field(inside).numpy()
        with np.errstate(divide="ignore", invalid="ignore"):
            relative = np.max(np.abs(shape - exact(grid)) / np.abs(exact(grid)))
        print(f"step {step:4d}  loss {float(loss):.4g}  worst relative error {relative:.3g}")

weights = np.concatenate([w.numpy().ravel() for w in field.readout.trainable_variables])
print("largest readout weight", np.max(np.abs(weights)))
