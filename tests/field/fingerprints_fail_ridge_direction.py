"""Denoiser for fingerprint tiles with a term for the direction of the ridges.

The direction term has weight 0 in the first three epochs, so at that time it is an ordinary squared error. Still the
very first epoch ends in nan. When I delete the line with the direction term, everything trains.
"""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(33)
SIDE = 32


def tiles(n=96, seed=6):
    """Ridges inside an oval; the reader of the sensor blanks all that is not finger."""
    rng = np.random.default_rng(seed)
    row, col = np.mgrid[:SIDE, :SIDE].astype("float64")
    clean = np.zeros((n, SIDE, SIDE, 1))
    finger = np.zeros_like(clean)
    for i in range(n):
        angle, period = rng.uniform(0, np.pi), rng.uniform(4.5, 7.0)
        bend = rng.uniform(-0.02, 0.02)
        along = (col - 16) * np.cos(angle) + (row - 16) * np.sin(angle)
        across = -(col - 16) * np.sin(angle) + (row - 16) * np.cos(angle)
        ridges = np.sin(2 * np.pi * (along + bend * across ** 2) / period)
        inside = ((col - 16) / rng.uniform(8, 11)) ** 2 + ((row - 16) / rng.uniform(10, 13)) ** 2 < 1
        clean[i, ..., 0] = ridges * inside
        finger[i, ..., 0] = inside
    noisy = (clean + rng.normal(0, 0.4, clean.shape)) * finger
    return [part.astype("float32") for part in (noisy, clean, finger)]


def doubled_direction(images):
    """Twice the angle of the ridges, from the smoothed products of the image differences."""
    across = images[:, 1:-1, 2:, :] - images[:, 1:-1, :-2, :]
    down = images[:, 2:, 1:-1, :] - images[:, :-2, 1:-1, :]

    def smooth(product):
        return tf.nn.avg_pool2d(product, ksize=5, strides=1, padding="SAME")

    mixed, contrast = smooth(across * down), smooth(across * across) - smooth(down * down)
    return tf.math.atan2(2.0 * mixed, contrast)  # whynan: atan2_grad_at_origin phase=gradient also=where_gradient_trap,nan_mask_mismatch


class RidgeDenoiser(keras.Model):
    """Without biases, so that it scales with the contrast of the print."""

    def __init__(self, filters=8):
        super().__init__()
        conv = dict(padding="same", use_bias=False)
        self.first = keras.layers.Conv2D(filters, 3, activation="leaky_relu", **conv)
        self.second = keras.layers.Conv2D(filters, 3, activation="leaky_relu", **conv)
        self.last = keras.layers.Conv2D(1, 3, **conv)
        self.direction_weight = self.add_weight(
            shape=(), initializer="zeros", trainable=False, name="direction_weight")
        self.pixel_tracker = keras.metrics.Mean(name="pixel")
        self.direction_tracker = keras.metrics.Mean(name="direction")

    def call(self, images):
        return self.last(self.second(self.first(images)))

    def train_step(self, data):
        noisy, clean, finger = data
        inner = finger[:, 1:-1, 1:-1, :]
        with tf.GradientTape() as tape:
            restored = self(noisy, training=True)
            pixel = tf.reduce_mean(tf.square(restored - clean))
            turn = doubled_direction(restored) - doubled_direction(clean)
            # only the finger counts, the surroundings have no direction
            direction = tf.reduce_sum(inner * (1.0 - tf.cos(turn))) / tf.reduce_sum(inner)
            loss = pixel + self.direction_weight * direction
        grads = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.trainable_variables))
        self.pixel_tracker.update_state(pixel)
        self.direction_tracker.update_state(direction)
        return {"pixel": self.pixel_tracker.result(), "direction": self.direction_tracker.result()}


class DirectionLater(keras.callbacks.Callback):
    def __init__(self, from_epoch, weight):
        super().__init__()
        self.from_epoch, self.weight = from_epoch, weight

    def on_epoch_begin(self, epoch, logs=None):
        self.model.direction_weight.assign(self.weight if epoch >= self.from_epoch else 0.0)


noisy, clean, finger = tiles()
dataset = tf.data.Dataset.from_tensor_slices((noisy, clean, finger)).shuffle(96, seed=3).batch(16)
denoiser = RidgeDenoiser()
denoiser(noisy[:2])
denoiser.compile(optimizer=keras.optimizers.Adam(2e-3))
denoiser.fit(dataset, epochs=6, verbose=2, callbacks=[DirectionLater(from_epoch=3, weight=0.1)])
