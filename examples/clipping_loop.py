# exit: 0
"""A training loop of one's own on sane data, without clipping, with it, and in mixed precision: all stay finite."""

import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(0)

rng = np.random.default_rng(0)
x = rng.normal(size=(256, 8)).astype("float32")
y = np.tanh(x @ rng.normal(size=(8, 1))).astype("float32")
batches = tf.data.Dataset.from_tensor_slices((x, y)).batch(32)


def make_model():
    return keras.Sequential(
        [
            layers.Input((8,)),
            layers.Dense(32, activation="relu"),
            layers.Dense(1, dtype="float32"),
        ]
    )


def train(*, clip_norm=None, epochs=3):
    model = make_model()
    optimizer = keras.optimizers.SGD(learning_rate=0.05)
    loss_fn = keras.losses.MeanSquaredError()
    for _ in range(epochs):
        for features, target in batches:
            with tf.GradientTape() as tape:
                loss = loss_fn(target, model(features, training=True))
            gradients = tape.gradient(loss, model.trainable_variables)
            if clip_norm is not None:
                gradients, _ = tf.clip_by_global_norm(gradients, clip_norm)
            optimizer.apply_gradients(zip(gradients, model.trainable_variables, strict=True))
    return float(loss)


def train_mixed(*, epochs=3):
    keras.mixed_precision.set_global_policy("mixed_float16")
    model = make_model()
    optimizer = keras.optimizers.LossScaleOptimizer(keras.optimizers.SGD(learning_rate=0.05))
    optimizer.build(model.trainable_variables)
    loss_fn = keras.losses.MeanSquaredError()
    for _ in range(epochs):
        for features, target in batches:
            with tf.GradientTape() as tape:
                loss = loss_fn(target, model(features, training=True))
                scaled = optimizer.scale_loss(loss)
            gradients = tape.gradient(scaled, model.trainable_variables)
            optimizer.apply_gradients(zip(gradients, model.trainable_variables, strict=True))
    keras.mixed_precision.set_global_policy("float32")
    return float(loss)


print("without clipping:", train())
print("clipped to norm 1:", train(clip_norm=1.0))
print("mixed_float16:", train_mixed())
