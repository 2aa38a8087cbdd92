"""Learned compression of the scanned digits: uniform noise instead of rounding, logistic prior on the latents.

The loss starts very high, many symbols have a likelihood that is practically nil in the first epoch and the gradient
of my bound is not the derivative of a maximum. Is this training sound?
"""
# whynan: healthy
import numpy as np
import tensorflow as tf
import keras
from keras import layers
from sklearn.datasets import load_digits

keras.utils.set_random_seed(64)

OPTIONS = {"latents": 8, "quantiser_gain": 16.0, "trade_off": 0.01, "floor": 1e-9, "batch": 64, "epochs": 14}


def lower_bound(x, bound):
    """max(x, bound), but a gradient that would lift x over the bound may pass."""

    @tf.custom_gradient
    def bounded(v):
        def grad(dy):
            passes = tf.logical_or(v >= bound, dy < 0.0)
            return tf.where(passes, dy, tf.zeros_like(dy))

        return tf.maximum(v, bound), grad

    return bounded(x)


class LogisticPrior(layers.Layer):
    """Probability of the unit interval around every latent."""

    def __init__(self, floor, **kwargs):
        super().__init__(**kwargs)
        self.floor = floor

    def build(self, input_shape):
        self.log_scale = self.add_weight(shape=(input_shape[-1],), initializer="zeros", name="log_scale")

    def call(self, latents):
        side = -tf.stop_gradient(tf.abs(tf.sign(latents)))
        distance = side * tf.abs(latents)
        scale = tf.exp(self.log_scale)
        upper = tf.sigmoid((distance + 0.5) / scale)
        lower = tf.sigmoid((distance - 0.5) / scale)
        return lower_bound(upper - lower, self.floor)


class ImageCodec(keras.Model):
    def __init__(self, options):
        super().__init__()
        self.options = options
        self.analysis = keras.Sequential(
            [layers.Dense(96, activation="gelu"), layers.Dense(48, activation="gelu"), layers.Dense(options["latents"])])
        self.synthesis = keras.Sequential(
            [layers.Dense(48, activation="gelu"), layers.Dense(96, activation="gelu"),
             layers.Dense(64, activation="sigmoid")])
        self.prior = LogisticPrior(options["floor"])
        self.trackers = {k: keras.metrics.Mean(name=k) for k in ("loss", "bits_per_pixel", "mse", "at_floor")}

    @property
    def metrics(self):
        return list(self.trackers.values())

    def call(self, pixels, training=False):
        latents = self.options["quantiser_gain"] * self.analysis(pixels)
        if training:
            symbols = latents + tf.random.uniform(tf.shape(latents), -0.5, 0.5)
        else:
            symbols = tf.round(latents)
        return self.synthesis(symbols / self.options["quantiser_gain"]), self.prior(symbols)

    def train_step(self, data):
        pixels, _, _ = keras.utils.unpack_x_y_sample_weight(data)
        with tf.GradientTape() as tape:
            decoded, likelihood = self(pixels, training=True)
            bits = -tf.reduce_sum(tf.math.log(likelihood), axis=-1) / np.log(2.0).astype("float32") / 64.0
            bits = tf.reduce_mean(bits)
            mse = tf.reduce_mean(tf.square(decoded - pixels))
            loss = bits + self.options["trade_off"] * 255.0 ** 2 * mse
        weights = self.trainable_variables
        self.optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights))
        at_floor = tf.reduce_mean(tf.cast(likelihood <= self.options["floor"], tf.float32))
        for name, value in zip(self.trackers, (loss, bits, mse, at_floor)):
            self.trackers[name].update_state(value)
        return {name: tracker.result() for name, tracker in self.trackers.items()}


def main():
    scans = (load_digits().data / 16.0).astype("float32")
    codec = ImageCodec(OPTIONS)
    codec.compile(optimizer=keras.optimizers.Adam(1e-3))
    codec.fit(scans, batch_size=OPTIONS["batch"], epochs=OPTIONS["epochs"], verbose=2)
    decoded, likelihood = codec(scans[:200])
    rate = -np.log2(likelihood.numpy()).sum(axis=1).mean() / 64.0
    print(f"rounded: {rate:.3f} bits per pixel, mse {float(tf.reduce_mean(tf.square(decoded - scans[:200]))):.4f}")


if __name__ == "__main__":
    main()
