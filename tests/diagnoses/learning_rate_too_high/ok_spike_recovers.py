# whynan: healthy
"""Large rate at first, the loss jumps up, then the rate is cut and it converges."""
import numpy as np
import tensorflow as tf

tf.random.set_seed(2)
rng = np.random.default_rng(2)
x = tf.constant(rng.normal(size=(128, 8)), tf.float32)
y = tf.matmul(x, tf.constant(rng.normal(size=(8, 1)), tf.float32))
w = tf.Variable(tf.zeros([8, 1]))
rate = 1.4
previous = np.inf
for it in range(80):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(tf.matmul(x, w) - y))
    value = float(loss)
    if value > previous:
        rate *= 0.5
        print(f"step {it}: loss {value:.3g}, rate now {rate}")
    previous = value
    w.assign_sub(rate * tape.gradient(loss, w))
print("final", float(loss), "rate", rate)
