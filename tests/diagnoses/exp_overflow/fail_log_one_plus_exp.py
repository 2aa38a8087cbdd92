import numpy as np
import tensorflow as tf

tf.random.set_seed(19)
np.random.seed(19)


def positive(x):
    """keeps the rate above zero"""
    return tf.math.log(1.0 + tf.exp(x))  # whynan: exp_overflow phase=loss|forward also=learning_rate_too_high,unscaled_input


year = np.random.uniform(0, 40, 200).astype("float32")
trades = np.random.poisson(3.0 * year + 1).astype("float32")
x = tf.constant(np.stack([year, np.ones_like(year)], 1))
y = tf.constant(trades)
w = tf.Variable([0.5, 0.0])
lr = 0.02


@tf.function
def loss_fn():
    rate = positive(tf.linalg.matvec(x, w))
    return tf.reduce_mean(tf.square(rate - y))


for i in range(30):
    with tf.GradientTape() as t:
        loss = loss_fn()
    w.assign_sub(lr / 50 * t.gradient(loss, w))
    if i % 3 == 0:
        print(f"iter {i:3d}  loss {loss.numpy():10.4f}  w {w.numpy()}")
