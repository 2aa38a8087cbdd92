"""Graph attention by hand in half precision. Isolated nodes attend to nothing in particular (uniformly)."""
import numpy as np
import tensorflow as tf

tf.random.set_seed(86)
rng = np.random.default_rng(86)
NODES, DIM = 40, 12
adjacency = rng.random((NODES, NODES)) < 0.12
adjacency |= adjacency.T
np.fill_diagonal(adjacency, False)
adjacency[17], adjacency[:, 17] = False, False
x = rng.normal(size=(NODES, DIM)).astype("float32")
community = (x[:, 0] > 0).astype("float32")

w = tf.Variable(tf.random.normal([DIM, 8], stddev=0.3))
att = tf.Variable(tf.random.normal([8, 2], stddev=0.3))
out = tf.Variable(tf.random.normal([8, 1], stddev=0.3))
weights = [w, att, out]


def forward():
    h = tf.cast(tf.matmul(x, w), tf.float16)
    both = tf.matmul(h, tf.cast(att, tf.float16))
    scores = tf.nn.leaky_relu(both[:, :1] + tf.transpose(both[:, 1:]))
    alpha = tf.nn.softmax(tf.where(adjacency, scores, tf.constant(-1e9, tf.float16)))  # whynan: float16_constant_overflow phase=forward also=softmax_all_masked,zero_degree_node,float16_overflow
    return tf.matmul(tf.cast(tf.matmul(alpha, h), tf.float32), out)[:, 0]


@tf.function
def step(rate):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(community, forward()))
    for v, g in zip(weights, tape.gradient(loss, weights)):
        v.assign_sub(rate * g)
    return loss


for i in range(10):
    loss = step(0.3)
    print(i, float(loss))
