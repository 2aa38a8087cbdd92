"""Monocular depth for the shuttle bus, supervised by the sparse lidar returns projected into the camera image.

The first batches print a reasonable loss, then in the middle of the very first epoch it is nan and stays nan.
Lower learning rate, smaller batches: always the same epoch. The depth output is bounded by a sigmoid, pixels without
a return are masked, and there is a guard for frames where the lidar saw nothing at all.
"""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(11)

HEIGHT, WIDTH = 24, 32
MIN_DEPTH, MAX_DEPTH = 2.0, 60.0
CONFIG = dict(frames=96, batch_size=8, epochs=4, learning_rate=1e-3, variance_focus=1.0)
RETURNS_LEFT_IN_FOG = {18: 6, 41: 3, 71: 1}


def street_scene(rng):
    away = np.linspace(1.0, 0.0, HEIGHT)[:, None]
    depth = np.repeat(4.0 + 45.0 * away ** 2, WIDTH, axis=1)
    for _ in range(rng.integers(1, 4)):
        top, left = rng.integers(4, 14), rng.integers(0, WIDTH - 8)
        depth[top:top + 8, left:left + 7] = np.minimum(depth[top:top + 8, left:left + 7], rng.uniform(6.0, 25.0))
    return depth + rng.normal(0.0, 0.2, depth.shape)


def lidar_projection(depth, n_returns, rng):
    sparse = np.zeros(HEIGHT * WIDTH)
    hit = rng.choice(sparse.size, n_returns, replace=False)
    sparse[hit] = depth.ravel()[hit]
    return sparse.reshape(HEIGHT, WIDTH)


def load_drive(n_frames, seed=5):
    rng = np.random.default_rng(seed)
    images, targets = [], []
    for index in range(n_frames):
        depth = street_scene(rng)
        haze = np.exp(-depth / 25.0)
        images.append(haze * rng.uniform(0.8, 1.0) + rng.normal(0.0, 0.02, depth.shape))
        n_returns = RETURNS_LEFT_IN_FOG.get(index, int(rng.integers(45, 80)))
        targets.append(lidar_projection(depth, n_returns, rng))
    return (np.asarray(images, "float32")[..., None], np.asarray(targets, "float32")[..., None])


class SILogLoss(keras.losses.Loss):
    """Scale invariant log error of one frame, averaged over the frames of a batch."""

    def __init__(self, variance_focus=0.85, ratio=10.0, name="silog"):
        super().__init__(name=name)
        self.variance_focus = variance_focus
        self.ratio = ratio

    def call(self, y_true, y_pred):
        has_return = y_true > 0.0
        valid = tf.cast(has_return, y_pred.dtype)
        count = tf.maximum(tf.reduce_sum(valid, axis=[1, 2, 3]), 1.0)
        reference = tf.where(has_return, y_true, tf.ones_like(y_true))
        gap = (tf.math.log(y_pred) - tf.math.log(reference)) * valid
        second = tf.reduce_sum(tf.square(gap), axis=[1, 2, 3]) / count
        first = tf.reduce_sum(gap, axis=[1, 2, 3]) / count
        spread = second - self.variance_focus * tf.square(first)
        return self.ratio * tf.sqrt(spread)  # whynan: sqrt_grad_at_zero phase=gradient rows=71 also=std_grad_at_zero,single_element_variance


class DepthNet(keras.Model):
    def __init__(self):
        super().__init__()
        self.stem = layers.Conv2D(12, 3, padding="same", activation="elu")
        self.down1 = layers.Conv2D(24, 3, strides=2, padding="same", activation="elu")
        self.down2 = layers.Conv2D(32, 3, strides=2, padding="same", activation="elu")
        self.grow = layers.UpSampling2D(2, interpolation="bilinear")
        self.up1 = layers.Conv2D(24, 3, padding="same", activation="elu")
        self.up2 = layers.Conv2D(12, 3, padding="same", activation="elu")
        self.disp = layers.Conv2D(1, 3, padding="same", activation="sigmoid")

    def call(self, image):
        a = self.stem(image)
        b = self.down1(a)
        c = self.down2(b)
        c = self.up1(keras.ops.concatenate([self.grow(c), b], axis=-1))
        c = self.up2(keras.ops.concatenate([self.grow(c), a], axis=-1))
        return MIN_DEPTH + (MAX_DEPTH - MIN_DEPTH) * self.disp(c)


def main():
    images, lidar = load_drive(CONFIG["frames"])
    print("returns per frame:", np.median((lidar > 0).sum(axis=(1, 2, 3))))
    model = DepthNet()
    model.compile(
        optimizer=keras.optimizers.Adam(CONFIG["learning_rate"]),
        loss=SILogLoss(CONFIG["variance_focus"]),
    )
    model.fit(images, lidar, batch_size=CONFIG["batch_size"], epochs=CONFIG["epochs"], verbose=2)
    print("mean predicted depth:", float(np.mean(model.predict(images[:8], verbose=0))))


if __name__ == "__main__":
    main()
