# whynan: healthy
# hand-written half precision regression: own loss scaling, steps with inf/nan gradients are dropped
import numpy as np
import tensorflow as tf

tf.random.set_seed(2)
rng = np.random.default_rng(2)
X = rng.normal(size=(640, 10)).astype("float32")
Y = (np.tanh(X[:, :1]) + 0.5 * X[:, 1:2]).astype("float32")
X[100, 3] = np.nan          # broken sensor reading, filtered below

good = np.isfinite(X).all(axis=1)
print("dropping", int((~good).sum()), "rows")
X, Y = X[good], Y[good]


class HalfMLP(tf.Module):
    def __init__(self):
        init = tf.random_normal_initializer(stddev=0.3, seed=4)
        self.w1 = tf.Variable(init((10, 32)))
        self.b1 = tf.Variable(tf.zeros(32))
        self.w2 = tf.Variable(init((32, 1)))

    def __call__(self, x):
        half = lambda t: tf.cast(t, tf.float16)
        h = tf.tanh(tf.matmul(half(x), half(self.w1)) + half(self.b1))
        return tf.cast(tf.matmul(h, half(self.w2)), tf.float32)


net = HalfMLP()


@tf.function
def scaled_gradients(xb, yb, scale):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(net(xb) - yb))
        scaled = loss * scale
    grads = tape.gradient(scaled, net.trainable_variables)
    finite = tf.reduce_all([tf.reduce_all(tf.math.is_finite(g)) for g in grads])
    return loss, grads, finite


scale, good_steps, skipped = 2.0 ** 24, 0, 0
for epoch in range(4):
    for i in range(0, len(X) - 31, 32):
        loss, grads, finite = scaled_gradients(X[i:i + 32], Y[i:i + 32], tf.constant(scale))
        if not finite:
            scale, good_steps, skipped = scale / 2.0, 0, skipped + 1
            continue
        for v, g in zip(net.trainable_variables, grads):
            v.assign_sub(0.05 * g / scale)
        good_steps += 1
        if good_steps == 50:
            scale, good_steps = scale * 2.0, 0
    print("epoch %d loss %.4f scale %g skipped %d" % (epoch, loss, scale, skipped))
