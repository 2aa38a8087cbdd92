import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(23)
rng = np.random.default_rng(23)
N = 20
xy = rng.uniform(-1, 1, size=(N, 2)).astype("float32")
dist = np.linalg.norm(xy[:, None] - xy[None], axis=-1)
send, recv = np.nonzero(dist < 0.6)         # every node is also its own neighbour
target = np.sin(3 * xy[:, :1]).astype("float32")

shift = tf.Variable(tf.zeros((N, 2)), name="learned_offsets")
edge_net = keras.Sequential([keras.Input((2,)), keras.layers.Dense(8, activation="tanh")])
readout = keras.layers.Dense(1)
readout.build((None, 8))
weights = [shift] + edge_net.trainable_variables + readout.trainable_variables
sgd = keras.optimizers.SGD(0.05)


def edge_features(pos):
    rel = tf.gather(pos, send) - tf.gather(pos, recv)
    angle = tf.atan2(rel[:, 1], rel[:, 0])  # whynan: atan2_grad_at_origin phase=gradient
    length = tf.reduce_sum(rel ** 2, axis=1)
    return tf.stack([length, angle], axis=1)


@tf.function
def step():
    with tf.GradientTape() as tape:
        msg = edge_net(edge_features(xy + shift))
        node = tf.math.unsorted_segment_mean(msg, recv, N)
        loss = tf.reduce_mean(tf.square(readout(node) - target))
    sgd.apply_gradients(zip(tape.gradient(loss, weights), weights))
    return loss


for i in range(4):
    print("step", i, "loss", float(step()))
