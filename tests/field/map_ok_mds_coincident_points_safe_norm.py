"""Multidimensional scaling with a repulsive 1/r term. Zero distances: the diagonal and points that start at the same
place. Double where, so neither values nor derivatives at 0 matter."""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(30)


def safe_norm(v, axis=-1):
    sq = tf.reduce_sum(tf.square(v), axis)
    zero = sq <= 0.0
    return tf.where(zero, 0.0, tf.sqrt(tf.where(zero, 1.0, sq)))


def inverse(r, cutoff=0.05):
    near = r < cutoff
    return tf.where(near, 0.0, 1.0 / tf.where(near, 1.0, r))


class Embedding2D(keras.layers.Layer):
    def __init__(self, start):
        super().__init__()
        self.xy = self.add_weight(shape=start.shape, initializer="zeros", name="xy")
        self.xy.assign(start)

    def call(self, _):
        p = tf.convert_to_tensor(self.xy)
        return safe_norm(p[:, None] - p[None])


rng = np.random.default_rng(30)
truth = rng.uniform(-2, 2, (24, 2))
truth[23] = truth[22]                                   # one place listed twice
goal = np.linalg.norm(truth[:, None] - truth[None], axis=-1).astype("float32")
start = 0.5 * rng.normal(size=(24, 2)).astype("float32")
start[22:] = 0.0
start[4] = start[5]

layer = Embedding2D(start)
opt = keras.optimizers.Adam(0.03)
opt.build(layer.trainable_variables)


@tf.function
def step(goal):
    with tf.GradientTape() as tape:
        r = layer(goal)
        stress = tf.reduce_mean(tf.square(r - goal))
        loss = stress + 1e-3 * tf.reduce_mean(inverse(r))
    grads = tape.gradient(loss, layer.trainable_variables)
    opt.apply_gradients(zip(grads, layer.trainable_variables))
    return stress


for i in range(200):
    stress = step(tf.constant(goal))
    if i % 50 == 0:
        with np.errstate(divide="ignore", invalid="ignore"):
            d = np.asarray(layer(goal))
            ratio = d / goal                             # 0/0 on the diagonal
        print(i, float(stress), "median ratio", np.nanmedian(ratio), "log range", np.log(d.max()), np.log(d + 0.0).min())
# whynan: side_nonfinite
