# The model has a diagnostic output (local "confidence") that is NaN for flat patches. It's for a plot only: not part of
# the loss, no gradient runs through it.
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(101)


class StereoNet(keras.Model):
    def __init__(self):
        super().__init__()
        self.conv = layers.Conv2D(8, 3, padding="same", activation="relu")
        self.pool = layers.GlobalAveragePooling2D()
        self.disparity = layers.Dense(1)

    def confidence(self, pair):
        left, right = pair[..., 0], pair[..., 1]
        dl = left - tf.reduce_mean(left, (1, 2), keepdims=True)
        dr = right - tf.reduce_mean(right, (1, 2), keepdims=True)
        return tf.reduce_sum(dl * dr, (1, 2)) / tf.sqrt(tf.reduce_sum(dl ** 2, (1, 2)) * tf.reduce_sum(dr ** 2, (1, 2)))

    def call(self, pair):
        h = self.pool(self.conv(pair))
        return {"disparity": self.disparity(h), "confidence": self.confidence(pair)}

    def train_step(self, data):
        pair, target = data
        with tf.GradientTape() as tape:
            out = self(pair, training=True)
            loss = tf.reduce_mean(tf.abs(out["disparity"] - target))
        self.optimizer.apply_gradients(zip(tape.gradient(loss, self.trainable_variables), self.trainable_variables))
        flat = tf.reduce_mean(tf.cast(tf.math.is_nan(out["confidence"]), tf.float32))
        return {"loss": loss, "flat_patches": flat}


def pairs(n=200, size=10):
    rng = np.random.default_rng(101)
    scene = rng.normal(size=(n, size, size + 6))
    shift = rng.integers(0, 6, n)
    out = np.stack([np.stack([s[:, 3:3 + size], s[:, k:k + size]], -1) for s, k in zip(scene, shift)])
    out[::8] = 0.0                                                     # sky, saturated
    brightness = shift / 5.0
    out[..., 1] += brightness[:, None, None] * (np.arange(n) % 8 > 0)[:, None, None]
    return out.astype("float32"), (shift / 5.0).astype("float32")[:, None]


x, y = pairs()
net = StereoNet()
net.compile(optimizer=keras.optimizers.Adam(1e-2))
net.fit(x, y, batch_size=20, epochs=6, verbose=2)
conf = net.predict(x, verbose=0)["confidence"]
print("mean confidence", np.nanmean(conf), "undefined for", int(np.isnan(conf).sum()), "patches")
# whynan: healthy
