"""Estimate particle speed from decay lengths by gradient descent."""
import numpy as np
import tensorflow as tf

np.random.seed(3)
TRUE_BETA = 0.985
TAU = 2.2

gamma = 1 / np.sqrt(1 - TRUE_BETA ** 2)
mean_length = TRUE_BETA * gamma * TAU
lengths = tf.constant(np.random.normal(mean_length, 1.0, size=200), dtype=tf.float32)

beta = tf.Variable(0.5)
optimizer = tf.keras.optimizers.SGD(0.006)


def predicted_length(b):
    lorentz = 1.0 / tf.sqrt(1.0 - b * b)  # whynan: sqrt_of_negative phase=loss|forward also=learning_rate_too_high
    return b * lorentz * TAU


for step in range(25):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean((lengths - predicted_length(beta)) ** 2)
    grad = tape.gradient(loss, beta)
    optimizer.apply_gradients([(grad, beta)])
    print(f"{step:2d} loss={loss.numpy():.3f} beta={beta.numpy():.4f}")
