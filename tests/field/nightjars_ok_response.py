"""
Nest camera: is the nightjar on the eggs or not?
Tiny ConvNeXt-V2-like net, infrared stills scaled down to 32x32, uint8.
"""
import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(2205)
SIDE = 32


def stills(count, seed):
    rng = np.random.default_rng(seed)
    yy, xx = np.mgrid[0:SIDE, 0:SIDE]
    frames = np.zeros((count, SIDE, SIDE, 1), np.uint8)
    sitting = rng.integers(0, 2, count)
    for i in range(count):
        ground = rng.normal(70, 14, (SIDE, SIDE))
        ground += 25 * np.exp(-((xx - 16) ** 2 + (yy - 16) ** 2) / 200.0)     # lamp
        if sitting[i]:
            cx, cy = rng.uniform(10, 22, 2)
            ground += 90 * np.exp(-((xx - cx) ** 2 / 40.0 + (yy - cy) ** 2 / 16.0))
        frames[i, :, :, 0] = np.clip(ground, 0, 255)
    return frames, sitting


class GRN(layers.Layer):
    """Global response normalisation (Woo et al. 2023)."""

    def build(self, shape):
        self.gamma = self.add_weight(shape=(shape[-1],), initializer="zeros", name="gamma")
        self.beta = self.add_weight(shape=(shape[-1],), initializer="zeros", name="beta")

    def call(self, x):
        gx = tf.norm(x, axis=(1, 2), keepdims=True)  # whynan: healthy
        nx = gx / (tf.reduce_mean(gx, axis=-1, keepdims=True) + 1e-6)
        return self.gamma * (x * nx) + self.beta + x


def convnext(width=16, depth=1):
    image = keras.Input((SIDE, SIDE, 1))
    h = layers.Rescaling(1 / 255.0)(image)
    h = layers.Conv2D(width, 4, strides=4, use_bias=False)(h)
    h = layers.Activation("gelu")(h)
    h = GRN()(h)
    for _ in range(depth):
        skip = h
        h = layers.DepthwiseConv2D(5, padding="same")(h)
        h = layers.LayerNormalization()(h)
        h = layers.Dense(4 * width, activation="gelu")(h)
        h = layers.Dense(width)(h)
        h = layers.Add()([skip, h])
    h = layers.GlobalAveragePooling2D()(h)
    h = layers.LayerNormalization()(h)
    return keras.Model(image, layers.Dense(1, activation="sigmoid")(h))


frames, sitting = stills(480, seed=14)
val_frames, val_sitting = stills(120, seed=15)
# nights on which the lamp did not fire
for k in (57, 211, 333):
    frames[k] = 0
    sitting[k] = 0

model = convnext()
model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="binary_crossentropy", metrics=["accuracy"])
model.fit(frames.astype("float32"), sitting.astype("float32"), batch_size=32, epochs=3,
          validation_data=(val_frames.astype("float32"), val_sitting.astype("float32")), verbose=2)
