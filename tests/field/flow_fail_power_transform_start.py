"""Normalizing flow for the joint density of four air pollutants.

The first layer is a power (Box-Cox) transform whose exponents are learned, started as a plain logarithm, then come
coupling layers. The first negative log-likelihood is a normal number, about 20. The second is nan. Clipping the
gradients did not change anything.
"""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(33)


def station_values(count=2000):
    rng = np.random.default_rng(12)
    traffic = rng.normal(size=(count, 1))
    heating = rng.normal(size=(count, 1))
    mix = traffic * np.array([[0.5, 0.3, 0.1, 0.4]]) + heating * np.array([[0.1, 0.4, 0.6, 0.2]])
    log_level = np.log([28.0, 21.0, 4.0, 0.6]) + mix + rng.normal(0.0, 0.2, (count, 4))
    return np.exp(log_level).astype("float32")  # NO2, PM10, SO2 in ug/m3, CO in mg/m3


class PowerTransform(layers.Layer):
    """y = (x^p - 1) / p, and log(x) for p = 0."""

    def build(self, shape):
        self.p = self.add_weight(shape=(shape[-1],), initializer="zeros", name="p")

    def call(self, x):
        log_x = tf.math.log(x)
        is_log = tf.abs(self.p) < 1e-4
        y = tf.where(is_log, log_x, (tf.exp(self.p * log_x) - 1.0) / self.p)  # whynan: where_gradient_trap phase=gradient also=divide_by_zero
        return y, tf.reduce_sum((self.p - 1.0) * log_x, axis=-1)


class Affine(layers.Layer):
    def build(self, shape):
        self.shift = self.add_weight(shape=(shape[-1],), initializer="zeros", name="shift")
        self.log_scale = self.add_weight(shape=(shape[-1],), initializer="zeros", name="log_scale")

    def call(self, x):
        return (x - self.shift) * tf.exp(self.log_scale), tf.reduce_sum(self.log_scale) * tf.ones_like(x[:, 0])


class Coupling(layers.Layer):
    def __init__(self, flip, **kwargs):
        super().__init__(**kwargs)
        self.flip = flip
        self.hidden = layers.Dense(32, activation="relu")
        self.out = layers.Dense(4, kernel_initializer="zeros")

    def call(self, x):
        a, b = tf.split(x, 2, axis=-1)
        if self.flip:
            a, b = b, a
        log_scale, shift = tf.split(self.out(self.hidden(a)), 2, axis=-1)
        log_scale = tf.tanh(log_scale)
        b = b * tf.exp(log_scale) + shift
        joined = [b, a] if self.flip else [a, b]
        return tf.concat(joined, axis=-1), tf.reduce_sum(log_scale, axis=-1)


class PollutionFlow(keras.Model):
    def __init__(self):
        super().__init__()
        self.steps = [PowerTransform(), Affine(), Coupling(False), Coupling(True), Coupling(False), Affine()]

    def call(self, x):
        log_det = tf.zeros_like(x[:, 0])
        for step in self.steps:
            x, change = step(x)
            log_det += change
        log_base = -0.5 * tf.reduce_sum(tf.square(x) + np.log(2.0 * np.pi).astype("float32"), axis=-1)
        return log_base + log_det


values = station_values()
flow = PollutionFlow()
flow(values[:2])
optimizer = keras.optimizers.Adam(2e-3)
optimizer.build(flow.trainable_variables)


@tf.function
def train_step(batch):
    with tf.GradientTape() as tape:
        loss = -tf.reduce_mean(flow(batch, training=True))
    grads = tape.gradient(loss, flow.trainable_variables)
    grads, norm = tf.clip_by_global_norm(grads, 5.0)
    optimizer.apply_gradients(zip(grads, flow.trainable_variables))
    return loss


batches = tf.data.Dataset.from_tensor_slices(values).shuffle(2000, seed=2).batch(100)
for epoch in range(4):
    history = [float(train_step(batch)) for batch in batches]
    print(f"epoch {epoch} first {history[0]:.3f} mean {np.mean(history):.3f}")
