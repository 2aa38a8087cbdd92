"""Pseudo-Huber loss with an analytic gradient, to save memory."""
import numpy as np
import tensorflow as tf

rng = np.random.default_rng(45)
A = tf.constant(rng.normal(size=(128, 10)), tf.float32)
b = tf.linalg.matvec(A, tf.constant(rng.normal(size=10), tf.float32))
coef = tf.Variable(tf.zeros(10))
optimizer = tf.keras.optimizers.SGD(0.5)


@tf.custom_gradient
def squared_loss(pred, target):
    diff = pred - target
    value = tf.reduce_mean(tf.square(diff))  # whynan: wrong_custom_gradient phase=loss|forward also=exploding_gradient,wrong_sign_loss,learning_rate_too_high

    def grad(dy):
        g = dy * 2.0 * (target - pred) / tf.cast(tf.size(pred), tf.float32)
        return g, -g

    return value, grad


@tf.function
def step():
    with tf.GradientTape() as tape:
        loss = squared_loss(tf.linalg.matvec(A, coef), b)
    optimizer.apply_gradients([(tape.gradient(loss, coef), coef)])
    return loss


for i in range(120):
    loss = step()
    if i % 8 == 0:
        print("iter", i, "loss", loss.numpy())
