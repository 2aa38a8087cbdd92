"""Autoencoder for endoscopy frames with a perceptual loss (features scaled to unit length, as in LPIPS).

About 40 % of every frame is black because of the round field of view. A colleague says that the root in `unit`
must give nan there, as all features are 0 and the 1e-10 is outside of the root. I print everything twice before the
long run on the cluster: can I trust it?
"""
# whynan: healthy
import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(23)

SIDE = 24


def field_of_view():
    yy, xx = np.mgrid[:SIDE, :SIDE] - (SIDE - 1) / 2
    return ((yy**2 + xx**2) <= 10.5**2).astype("float32")[None, ..., None]


VIEW = field_of_view()


def frames(count, seed):
    rng = np.random.default_rng(seed)
    yy, xx = np.mgrid[:SIDE, :SIDE] / SIDE
    out = np.empty((count, SIDE, SIDE, 1), dtype="float32")
    for i in range(count):
        tilt = rng.normal(size=2)
        frame = 0.5 + 0.15 * (tilt[0] * (yy - 0.5) + tilt[1] * (xx - 0.5))
        cy, cx = rng.uniform(0.3, 0.7, size=2)
        frame = frame + rng.uniform(0.1, 0.3) * np.exp(-((yy - cy) ** 2 + (xx - cx) ** 2) / 0.02)
        out[i, ..., 0] = np.clip(frame + 0.01 * rng.normal(size=frame.shape), 0.05, 0.95)
    return out * VIEW


class RoundView(layers.Layer):
    def call(self, images):
        return images * VIEW


def build_autoencoder(code=12):
    inputs = layers.Input((SIDE, SIDE, 1))
    x = layers.Conv2D(8, 3, strides=2, padding="same", activation="relu")(inputs)
    x = layers.Conv2D(16, 3, strides=2, padding="same", activation="relu")(x)
    x = layers.Dense(code, activation="relu")(layers.Flatten()(x))
    x = layers.Dense(6 * 6 * 16, activation="relu")(x)
    x = layers.Reshape((6, 6, 16))(x)
    x = layers.Conv2DTranspose(16, 3, strides=2, padding="same", activation="relu")(x)
    x = layers.Conv2DTranspose(8, 3, strides=2, padding="same", activation="relu")(x)
    x = layers.Conv2D(1, 3, padding="same", activation="sigmoid")(x)
    return keras.Model(inputs, RoundView()(x), name="autoencoder")


def build_features():
    """Random filters without biases are enough as a texture descriptor at this size."""
    inputs = layers.Input((SIDE, SIDE, 1))
    low = layers.Conv2D(12, 3, padding="same", use_bias=False, activation="relu")(inputs)
    middle = layers.Conv2D(16, 3, padding="same", use_bias=False, activation="relu")(low)
    model = keras.Model(inputs, [low, middle], name="features")
    model.trainable = False
    return model


def unit(features):
    length = tf.sqrt(tf.reduce_sum(tf.square(features), axis=-1, keepdims=True))
    return features / (length + 1e-10)


class PixelsAndFeatures(keras.losses.Loss):
    def __init__(self, extractor, weight=0.1):
        super().__init__(name="pixels_and_features")
        self.extractor = extractor
        self.weight = weight

    def call(self, y_true, y_pred):
        loss = tf.reduce_mean(tf.square(y_true - y_pred), axis=[1, 2, 3])
        for real, fake in zip(self.extractor(y_true), self.extractor(y_pred)):
            gap = tf.reduce_sum(tf.square(unit(real) - unit(fake)), axis=-1)
            loss += self.weight * tf.reduce_mean(gap, axis=[1, 2])
        return loss


if __name__ == "__main__":
    train, test = frames(256, seed=1), frames(64, seed=2)
    model = build_autoencoder()
    model.compile(optimizer=keras.optimizers.Adam(2e-3), loss=PixelsAndFeatures(build_features()), metrics=["mae"])
    model.fit(train, train, validation_data=(test, test), batch_size=16, epochs=8, verbose=2)
    print("black share", float(1.0 - VIEW.mean()), "finite", all(np.isfinite(w).all() for w in model.get_weights()))
