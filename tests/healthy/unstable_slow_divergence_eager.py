"""A rate a little too high: in an eager loop, after 150 steps the loss is a million times what it was, and still a number."""
# whynan: unstable
import numpy as np
import tensorflow as tf

rng = np.random.default_rng(3)
x = tf.constant(rng.normal(size=(64, 8)), tf.float32)
y = x @ tf.constant(rng.normal(size=(8, 1)), tf.float32)
weights = tf.Variable(tf.zeros((8, 1)))
optimizer = tf.keras.optimizers.SGD(0.68)



def train_step(x, y):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(x @ weights - y))
    optimizer.apply_gradients([(tape.gradient(loss, weights), weights)])
    return loss


for step in range(150):
    loss = train_step(x, y)
    if step % 50 == 0:
        print(step, float(loss))
