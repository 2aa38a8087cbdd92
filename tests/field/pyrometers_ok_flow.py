"""Density model of 8-bit pyrometer channels with affine couplings (tiny RealNVP in logit space).
Bytes are dequantised with uniform noise before they go into the flow."""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(77)
rng = np.random.default_rng(77)

CHANNELS = 6


def furnace_bytes(n):
    load = rng.gamma(2.0, 18.0, (n, 1))
    gains = np.array([0.4, 0.7, 1.0, 1.2, 0.9, 0.5])
    raw = load * gains + rng.normal(0, 6.0, (n, CHANNELS)) - 8.0
    return np.clip(raw, 0, 230).astype("uint8")


train_bytes = furnace_bytes(1600)
valid_bytes = furnace_bytes(400)


class ByteFlow(keras.Model):

    def __init__(self, n_layers=4):
        super().__init__()
        half = CHANNELS // 2
        self.nets = [
            keras.Sequential([
                layers.Input((half,)),
                layers.Dense(32, activation="relu"),
                layers.Dense(2 * half, kernel_initializer=keras.initializers.RandomNormal(stddev=0.02)),
            ])
            for _ in range(n_layers)
        ]
        self.nll = keras.metrics.Mean(name="loss")

    @property
    def metrics(self):
        return [self.nll]

    def log_prob(self, u):
        z = tf.math.log(u) - tf.math.log1p(-u)
        logdet = -tf.reduce_sum(tf.math.log(u) + tf.math.log1p(-u), axis=1)
        a, b = tf.split(z, 2, axis=1)
        for net in self.nets:
            s, t = tf.split(net(a), 2, axis=1)
            s = tf.tanh(s)
            b = b * tf.exp(s) + t
            logdet += tf.reduce_sum(s, axis=1)
            a, b = b, a
        z = tf.concat([a, b], axis=1)
        base = -0.5 * tf.reduce_sum(z * z + np.log(2 * np.pi), axis=1)
        return base + logdet

    def call(self, u):
        return self.log_prob(u)

    def train_step(self, data):
        x, _, _ = keras.utils.unpack_x_y_sample_weight(data)
        u = (x + tf.random.uniform(tf.shape(x), 0.001, 0.999)) / 256.0
        with tf.GradientTape() as tape:
            loss = -tf.reduce_mean(self.log_prob(u))
        grads = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.trainable_variables))
        self.nll.update_state(loss)
        return {"loss": self.nll.result()}

    def test_step(self, data):
        x, _, _ = keras.utils.unpack_x_y_sample_weight(data)
        self.nll.update_state(-tf.reduce_mean(self.log_prob(x / 256.0)))
        return {"loss": self.nll.result()}


flow = ByteFlow()
flow.compile(optimizer=keras.optimizers.Adam(2e-3))
hist = flow.fit(  # whynan: side_nonfinite
    train_bytes.astype("float32"), batch_size=64, epochs=8,
    validation_data=(valid_bytes.astype("float32"),), verbose=2)

bits = hist.history["loss"][-1] / (CHANNELS * np.log(2)) + 8
print("train bits per channel: %.3f" % bits)
