"""Sort photographed dumplings by the number of pleats (few / medium / many)."""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(7)
rng = np.random.default_rng(7)

SIZE = 32
CLASSES = 3


def draw_dumpling(pleats):
    yy, xx = np.mgrid[0:SIZE, 0:SIZE]
    cx, cy = rng.normal(SIZE / 2, 1.5, 2)
    r = np.hypot(xx - cx, yy - cy)
    phi = np.arctan2(yy - cy, xx - cx)
    radius = rng.uniform(9, 12)
    disc = 1.0 / (1.0 + np.exp(r - radius))
    folds = 0.5 + 0.5 * np.cos(pleats * phi + rng.uniform(0, 6.28))
    grey = disc * (0.6 + 0.4 * folds * (r > radius / 2))
    tint = np.array([1.0, 0.93, 0.8]) * rng.uniform(0.85, 1.1)
    img = grey[..., None] * tint
    return img + rng.normal(0, 0.03, img.shape)


def make_set(n):
    labels = rng.integers(0, CLASSES, n)
    pleat_count = np.array([5, 9, 14])
    images = np.stack([draw_dumpling(pleat_count[k]) for k in labels])
    return images.astype("float32"), labels.astype("int32")


class FeatureNorm(layers.Layer):
    """Standardise every feature map of every image, then scale and shift."""

    def __init__(self, axis=(1, 2), eps=1e-5, **kwargs):
        super().__init__(**kwargs)
        self.axis = axis
        self.eps = eps

    def build(self, input_shape):
        c = input_shape[-1]
        self.gamma = self.add_weight(shape=(c,), initializer="ones", name="gamma")
        self.beta = self.add_weight(shape=(c,), initializer="zeros", name="beta")

    def call(self, x):
        mean = tf.reduce_mean(x, axis=self.axis, keepdims=True)
        spread = tf.math.reduce_std(x, axis=self.axis, keepdims=True)  # whynan: healthy
        x = (x - mean) / (spread + self.eps)
        return x * self.gamma + self.beta


def conv_block(x, filters, strides):
    x = layers.Conv2D(filters, 3, strides=strides, padding="same", use_bias=False)(x)
    x = FeatureNorm()(x)
    return layers.Activation("relu")(x)


def build():
    inp = keras.Input((SIZE, SIZE, 3))
    x = conv_block(inp, 12, 2)
    x = conv_block(x, 24, 2)
    x = layers.GlobalAveragePooling2D(keepdims=True)(x)
    x = FeatureNorm(name="head_norm")(x)
    x = layers.Flatten()(x)
    x = layers.Dense(16, activation="relu")(x)
    out = layers.Dense(CLASSES, activation="softmax")(x)
    return keras.Model(inp, out)


x_train, y_train = make_set(600)
x_val, y_val = make_set(120)

model = build()
model.compile(
    optimizer=keras.optimizers.Adam(2e-3),
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy"],
)
model.fit(x_train, y_train, validation_data=(x_val, y_val),
          batch_size=40, epochs=3, verbose=2)
