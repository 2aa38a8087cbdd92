"""Signal per channel and exposure of a photon counter; gradients in a compiled function, the update in the loop."""

import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(8)
rng = np.random.default_rng(8)

signal = rng.lognormal(-56.0, 0.3, (500, 3)).astype("float32")
gain = rng.lognormal(-57.0, 0.2, (500, 3)).astype("float32")
exposure = rng.lognormal(-57.0, 0.2, (500, 1)).astype("float32")
y = (signal / gain).sum(axis=1, keepdims=True).astype("float32")
data = tf.data.Dataset.from_tensor_slices((signal, gain, exposure, y)).shuffle(500, seed=1).batch(50)

model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(12, activation="tanh"), keras.layers.Dense(1)])
optimizer = keras.optimizers.SGD(0.01)


@tf.function(jit_compile=True)
def gradients_of(s, g, e, target):
    with tf.GradientTape() as tape:
        rate = s / g / e  # whynan: backend_bug phase=loss|forward
        error = model(tf.math.log(rate) - 57.0) - target
        loss = tf.reduce_mean(tf.square(error))
    return loss, tape.gradient(loss, model.trainable_variables)


for epoch in range(3):
    total = 0.0
    for s, g, e, target in data:
        loss, gradients = gradients_of(s, g, e, target)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        total += float(loss)
    print(f"epoch {epoch}: {total / 10:.4f}")
