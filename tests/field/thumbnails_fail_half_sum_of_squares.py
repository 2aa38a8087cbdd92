"""Denoising autoencoder for 16x16 colour thumbnails, switched to mixed precision for the new GPU.

In float32 the loss was a large number that fell, as you expect of a sum over pixels. Since I set the
policy the very same loop prints inf in every line.
"""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(16)
keras.mixed_precision.set_global_policy("mixed_float16")

SIDE = 16
PIXELS = SIDE * SIDE * 3


def thumbnails(n=768, seed=16):
    rng = np.random.default_rng(seed)
    ramp = np.linspace(0.0, 1.0, SIDE)
    out = np.empty((n, SIDE, SIDE, 3), np.uint8)
    for i in range(n):
        top, bottom = rng.uniform(20, 235, (2, 3))
        picture = top + (bottom - top) * ramp[:, None, None] + np.zeros((SIDE, SIDE, 3))
        r, c = rng.integers(1, 10, 2)
        picture[r:r + 5, c:c + 5] = rng.uniform(0, 255, 3)
        out[i] = np.clip(picture + rng.normal(0, 4, picture.shape), 0, 255).astype(np.uint8)
    return out.reshape(n, PIXELS)


encoder = keras.Sequential(
    [
        keras.Input((PIXELS,)),
        layers.Dense(64, activation="relu"),
        layers.Dense(24, activation="relu", name="code"),
    ]
)
decoder = keras.Sequential(
    [
        keras.Input((24,)),
        layers.Dense(64, activation="relu"),
        layers.Dense(PIXELS),
    ]
)
weights = encoder.trainable_variables + decoder.trainable_variables
adam = keras.optimizers.Adam(5e-4)

clean = thumbnails()
data = tf.data.Dataset.from_tensor_slices(clean).shuffle(1000, seed=2).batch(64, drop_remainder=True)


def corrupt(pixels):
    noise = tf.random.normal(tf.shape(pixels), stddev=12.0)
    return tf.clip_by_value(pixels + noise, 0.0, 255.0)


for epoch in range(3):
    shown = []
    for picture in data:
        picture = tf.cast(picture, tf.float32)
        with tf.GradientTape() as tape:
            restored = decoder(encoder(corrupt(picture), training=True), training=True)
            gap = restored - tf.cast(picture, restored.dtype)
            loss = tf.reduce_mean(tf.reduce_sum(tf.square(gap), axis=-1))  # whynan: float16_overflow phase=forward|loss also=unscaled_input,unscaled_target
        grads = tape.gradient(loss, weights)
        adam.apply_gradients(zip(grads, weights))
        shown.append(float(loss))
    print(f"epoch {epoch}: loss {np.mean(shown)}")

test = tf.cast(clean[:8], tf.float32)
print("mean restored value:", float(tf.reduce_mean(tf.cast(decoder(encoder(test)), tf.float32))))
