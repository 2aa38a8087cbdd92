"""Canopy height in metres from three-band aerial tiles, mixed precision to save memory on the lab machine.

In float32 the same loop runs for days. After switching the policy to mixed_float16 the first loss is correct
(same number as in float32!), the second is nan. The loss is cast to float32, weights are float32 masters, the summed
error is what the paper uses.
"""
import logging
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

log = logging.getLogger(Path(__file__).stem)
logging.basicConfig(level=logging.INFO, format="%(name)s %(message)s")

TILE = 64
OPTIONS = {
    "policy": "mixed_float16",
    "tiles": 24,
    "batch": 8,
    "epochs": 2,
    "rate": 1e-3,
    "clip": 10.0,
    "seed": 77,
}


# ------------------------------------------------------------------------------------------- tiles
def smooth_field(rng, coarse=8):
    field = rng.normal(size=(coarse, coarse))
    return np.kron(field, np.ones((TILE // coarse, TILE // coarse)))


def forest_tile(rng):
    stand = 17.0 + 5.0 * smooth_field(rng)
    height = np.clip(stand + rng.normal(0.0, 1.0, (TILE, TILE)), 0.0, 45.0)
    shade = height / 45.0
    bands = np.stack([0.12 - 0.05 * shade, 0.15 - 0.04 * shade, 0.35 + 0.25 * shade], axis=-1)
    bands += rng.normal(0.0, 0.01, bands.shape)
    return bands.astype("float32"), height[..., None].astype("float32")


def load(rng, count):
    bands, heights = zip(*(forest_tile(rng) for _ in range(count)))
    bands = np.stack(bands)
    mean = bands.mean(axis=(0, 1, 2))
    std = np.maximum(bands.std(axis=(0, 1, 2)), 1e-3)
    return (bands - mean) / std, np.stack(heights)


# ------------------------------------------------------------------------------------------- model
class HeightHead(layers.Layer):
    """1x1 projection of the decoder features; own layer because we export it separately."""

    def build(self, shape):
        self.kernel = self.add_weight(shape=(shape[-1], 1), initializer="glorot_uniform", name="kernel")
        self.offset = self.add_weight(shape=(1,), initializer="zeros", name="offset")

    def call(self, features):
        return ops.add(ops.matmul(features, self.kernel), self.offset)


def small_unet():
    image = keras.Input((TILE, TILE, 3), name="bands")
    full = layers.Conv2D(8, 3, padding="same", activation="relu")(image)
    half = layers.Conv2D(12, 3, strides=2, padding="same", activation="relu")(full)
    up = layers.UpSampling2D()(half)
    merged = layers.Concatenate()([full, up])
    features = layers.Conv2D(8, 3, padding="same", activation="relu")(merged)
    return keras.Model(image, HeightHead(name="height")(features))


# ------------------------------------------------------------------------------------------- training
def summed_error(heights, predicted):
    predicted = tf.cast(predicted, tf.float32)
    return tf.reduce_sum(tf.square(predicted - heights))


def make_step(model, optimizer, clip):
    variables = model.trainable_variables
    optimizer.build(variables)

    @tf.function
    def step(bands, heights):
        with tf.GradientTape() as tape:
            loss = summed_error(heights, model(bands, training=True))  # whynan: float16_overflow phase=gradient
        gradients = tape.gradient(loss, variables)
        gradients = [tf.cast(g, tf.float32) for g in gradients]
        gradients, _ = tf.clip_by_global_norm(gradients, clip)
        optimizer.apply_gradients(zip(gradients, variables))
        return loss

    return step


def batches(bands, heights, size, rng):
    order = rng.permutation(len(bands))
    for start in range(0, len(order), size):
        chosen = order[start:start + size]
        yield tf.constant(bands[chosen]), tf.constant(heights[chosen])


def main(options):
    keras.utils.set_random_seed(options["seed"])
    keras.mixed_precision.set_global_policy(options["policy"])
    rng = np.random.default_rng(options["seed"])
    bands, heights = load(rng, options["tiles"])
    bands = bands.astype("float32")

    model = small_unet()
    optimizer = keras.optimizers.Adam(options["rate"], epsilon=1e-6)
    step = make_step(model, optimizer, options["clip"])
    for epoch in range(options["epochs"]):
        for number, (x, y) in enumerate(batches(bands, heights, options["batch"], rng)):
            loss = float(step(x, y))
            log.info("epoch %d batch %d loss/pixel %.4f", epoch, number, loss / (len(x) * TILE * TILE))


if __name__ == "__main__":
    main(OPTIONS)
