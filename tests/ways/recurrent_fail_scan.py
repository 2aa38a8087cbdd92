"""Leaky integrator with a learned leak, run with tf.scan; log-returns of the level are compared."""
import numpy as np
import tensorflow as tf

np.random.seed(76)
tf.random.set_seed(76)

leak = tf.Variable(0.6)
gain = tf.Variable(1.0)
inflow = np.abs(np.random.normal(1.0, 0.4, 80)).astype("float32")
inflow[30:52] = -0.8                      # pump runs
level = np.zeros(80, "float32")
for i in range(80):
    level[i] = 0.9 * (level[i - 1] if i else 4.0) + 0.5 * inflow[i]
growth = np.diff(np.log(np.abs(level) + 1)).astype("float32")


@tf.function
def step(u, target):
    with tf.GradientTape() as tape:
        states = tf.scan(lambda s, x: leak * s + gain * x, u, initializer=tf.constant(4.0))
        logs = tf.math.log(states)  # whynan: log_of_negative phase=forward|loss
        loss = tf.reduce_mean(tf.square(logs[1:] - logs[:-1] - target))
    dl, dg = tape.gradient(loss, [leak, gain])
    leak.assign_sub(0.05 * dl)
    gain.assign_sub(0.05 * dg)
    return loss


for k in range(6):
    print(k, step(tf.constant(inflow), tf.constant(growth)).numpy(), leak.numpy())
