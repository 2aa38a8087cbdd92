# whynan: unstable cause=broadcast_mismatch
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(3)
rng = np.random.default_rng(3)
water = rng.normal(size=(256, 4)).astype("float32")
growth = (water @ [[0.8], [-0.5], [0.3], [0.0]] + rng.normal(0, 0.1, (256, 1))).astype("float32")
weights = tf.Variable(rng.normal(0, 0.01, (4,)).astype("float32"))
bias = tf.Variable(0.0)
optimizer = keras.optimizers.SGD(0.05)

for epoch in range(25):
    for start in range(0, 256, 32):
        rows = slice(start, start + 32)
        with tf.GradientTape() as tape:
            predicted = tf.linalg.matvec(tf.constant(water[rows]), weights) + bias
            error = tf.constant(growth[rows]) - predicted
            loss = tf.reduce_mean(error * error)
        gradients = tape.gradient(loss, [weights, bias])
        optimizer.apply_gradients(zip(gradients, [weights, bias]))
print(float(loss), weights.numpy())
