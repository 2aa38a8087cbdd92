# exit: 1
"""A recurrent network in a loop of one's own: it adds up 20 numbers, and its gradient explodes.

Clipping cures it. Between `tape.gradient` and `apply_gradients`:

    gradients, _ = tf.clip_by_global_norm(gradients, 1.0)
"""

import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(2)

rng = np.random.default_rng(0)
x = rng.uniform(size=(256, 20, 1)).astype("float32")
y = x.sum(axis=1)
batches = tf.data.Dataset.from_tensor_slices((x, y)).batch(32)

model = keras.Sequential(
    [
        layers.Input((20, 1)),
        layers.SimpleRNN(32, activation="relu"),
        layers.Dense(1),
    ]
)
optimizer = keras.optimizers.SGD(learning_rate=0.02)
loss_fn = keras.losses.MeanSquaredError()

for epoch in range(6):
    for features, target in batches:
        with tf.GradientTape() as tape:
            loss = loss_fn(target, model(features, training=True))
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables, strict=True))
    print(f"epoch {epoch}: loss {float(loss):.4g}")
