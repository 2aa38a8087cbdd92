import numpy as np
import tensorflow as tf

tf.random.set_seed(37)
rng = np.random.default_rng(37)
labels = np.repeat(np.arange(8), 8)
points = (rng.normal(size=(8, 20))[labels] + 0.2 * rng.normal(size=(64, 20)) + 3.0).astype("float32")
W = tf.Variable(tf.random.normal((20, 6), stddev=0.4))
same = tf.constant((labels[:, None] == labels[None]).astype("float32"))


def pairwise_distance(e):
    sq = tf.reduce_sum(e * e, axis=1)
    d2 = sq[:, None] + sq[None, :] - 2.0 * tf.matmul(e, e, transpose_b=True)
    return tf.sqrt(d2)  # whynan: catastrophic_cancellation phase=loss|forward also=sqrt_of_negative


@tf.function
def metric_learning_loss():
    d = pairwise_distance(points @ W)
    pull = tf.reduce_sum(same * d) / tf.reduce_sum(same)
    push = tf.reduce_mean((1 - same) * tf.nn.relu(2.0 - d))
    return pull + push


optim = tf.keras.optimizers.Adam(1e-3)
for it in range(4):
    with tf.GradientTape() as tape:
        loss = metric_learning_loss()
    grad = tape.gradient(loss, W)
    optim.apply_gradients([(grad, W)])
    print(it, "loss", loss.numpy(), "|W|", float(tf.norm(W)))
