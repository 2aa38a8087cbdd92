"""Recover the HDR radiance from one (over)exposed 8 bit photo. Small residual CNN on 16x16 patches.

The residual branch starts at zero, i.e. the network starts as plain inverse gamma, and the loss of the first batch is
exactly that of the inverse gamma baseline. After one, two optimizer steps the loss is nan. With L1 on the linear
radiance instead of the mu-law compressed one it trains (but the shadows look bad, that is why I wanted the mu-law).
"""
import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops
from scipy.ndimage import gaussian_filter

keras.utils.set_random_seed(14)

MU = 5000.0
GAMMA = 2.2
EXPOSURE = 4.0


def render_patches(count, size=16, seed=0):
    rng = np.random.default_rng(seed)
    field = gaussian_filter(rng.normal(size=(count, size, size, 1)), sigma=(0, 2.5, 2.5, 0))
    field = field / field.std() * 1.3 + rng.normal(0.0, 1.0, size=(count, 1, 1, 1))
    tint = rng.uniform(0.7, 1.0, size=(count, 1, 1, 3))
    radiance = np.exp(field) * tint
    hdr = np.clip(radiance / np.quantile(radiance, 0.995), 0.0, 1.0)
    ldr = np.clip(hdr * EXPOSURE, 0.0, 1.0) ** (1.0 / GAMMA)
    ldr = np.round(ldr * 255.0) / 255.0
    return ldr.astype("float32"), hdr.astype("float32")


class InverseGamma(layers.Layer):
    def call(self, image):
        return ops.power(image, GAMMA)


def compress(radiance):
    return ops.log(1.0 + MU * radiance) / np.log(1.0 + MU).astype("float32")  # whynan: log_of_negative phase=loss


class TonemappedL1(keras.losses.Loss):
    """L1 after the mu-law, as in the multi exposure papers. Ground truth is in 0..1."""

    def call(self, y_true, y_pred):
        y_pred = ops.minimum(y_pred, 1.0)
        return ops.mean(ops.abs(compress(y_true) - compress(y_pred)), axis=-1)


def build(width=16):
    ldr = layers.Input((None, None, 3))
    x = layers.Conv2D(width, 3, padding="same", activation="relu")(ldr)
    for _ in range(2):
        x = layers.Conv2D(width, 3, padding="same", activation="relu")(x)
    residual = layers.Conv2D(3, 3, padding="same", kernel_initializer="zeros", name="residual")(x)
    hdr = layers.Add()([InverseGamma()(ldr), residual])
    return keras.Model(ldr, hdr, name="single_shot_hdr")


class FirstBatches(keras.callbacks.Callback):
    def on_train_batch_end(self, batch, logs=None):
        if batch < 6:
            print(f"   batch {batch}  loss {logs['loss']:.5f}")


if __name__ == "__main__":
    ldr, hdr = render_patches(480)
    print("saturated:", float((ldr >= 1).mean()), " darkest radiance:", float(hdr.min()))
    patches = tf.data.Dataset.from_tensor_slices((ldr, hdr)).shuffle(480, seed=2).batch(16).prefetch(2)

    model = build()
    model.compile(optimizer=keras.optimizers.Adam(1e-3), loss=TonemappedL1())
    model.fit(patches, epochs=2, verbose=2, callbacks=[FirstBatches()])
