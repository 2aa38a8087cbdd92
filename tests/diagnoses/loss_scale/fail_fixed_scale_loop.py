"""Mixed precision by hand: float32 master weights, float16 compute, fixed loss scale."""
import numpy as np
import tensorflow as tf

tf.random.set_seed(101)
rng = np.random.default_rng(101)
LOSS_SCALE = 2.0 ** 15

x = tf.constant(rng.normal(size=(192, 10)), tf.float16)
y = tf.constant(3.0 + rng.normal(size=(192, 1)), tf.float16)
master = [tf.Variable(tf.random.normal([10, 32], stddev=0.3)), tf.Variable(tf.zeros([32])),
          tf.Variable(tf.random.normal([32, 1], stddev=0.2))]


def predict(xb):
    w1, b1, w2 = [tf.cast(v, tf.float16) for v in master]
    return tf.matmul(tf.nn.tanh(tf.matmul(xb, w1) + b1), w2)


@tf.function
def train_step(xb, yb, rate):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(predict(xb) - yb))
        scaled_loss = loss * LOSS_SCALE  # whynan: loss_scale phase=loss|gradient also=float16_overflow
    grads = [g / LOSS_SCALE for g in tape.gradient(scaled_loss, master)]
    for v, g in zip(master, grads):
        v.assign_sub(rate * g)
    return loss


for epoch in range(3):
    for i in range(0, 192, 32):
        loss = train_step(x[i:i + 32], y[i:i + 32], 0.02)
    print("epoch", epoch, "loss", float(loss))
