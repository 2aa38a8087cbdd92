"""A whole epoch in one call of a tf.function: one row of one of its many batches breaks the loss."""

import numpy as np
import tensorflow as tf

import keras

keras.utils.set_random_seed(3)
rng = np.random.default_rng(0)
x = rng.normal(size=(2000, 8)).astype("float32")
chance = 1 / (1 + np.exp(-x @ rng.normal(size=(8, 1))))
y = (rng.random((2000, 1)) < chance).astype("float32")
x[777] *= 400.0

model = keras.Sequential(
    [keras.Input((8,)), keras.layers.Dense(16, activation="relu"), keras.layers.Dense(1, activation="sigmoid")]
)
optimizer = keras.optimizers.Adam(1e-3)
optimizer.build(model.trainable_variables)
batches = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(2000, seed=1).batch(32)


def entropy(target, p):
    return -tf.reduce_mean(target * tf.math.log(p) + (1 - target) * tf.math.log(1 - p))  # whynan: log_of_zero phase=loss rows=777


@tf.function
def train_epoch(data):
    total, count = 0.0, 0.0
    for inputs, labels in data:
        with tf.GradientTape() as tape:
            loss = entropy(labels, model(inputs, training=True))
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        total += loss
        count += 1.0
    return total / count


for epoch in range(5):
    print(epoch, float(train_epoch(batches)))
