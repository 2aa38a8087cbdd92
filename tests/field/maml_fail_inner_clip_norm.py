# MAML on sinusoids, hand written. First-order MAML (stop_gradient on the inner gradients) trains well.
# As soon as FIRST_ORDER = False all meta gradients are nan, in the very first meta step.
import numpy as np
import tensorflow as tf

tf.keras.utils.set_random_seed(9)
FIRST_ORDER = False
INNER_LR, META_LR, INNER_STEPS, MAX_NORM = 0.05, 0.005, 3, 10.0
rng = np.random.default_rng(9)


def glorot(n_in, n_out):
    lim = np.sqrt(6.0 / (n_in + n_out))
    return tf.Variable(rng.uniform(-lim, lim, (n_in, n_out)).astype("float32"))


class SineNet:
    """Functional network: the weights are an argument. Head starts at zero: prediction 0 for all tasks."""

    def __init__(self, width=40):
        self.params = [
            glorot(1, width), tf.Variable(tf.zeros([width])),
            glorot(width, width), tf.Variable(tf.zeros([width])),
            tf.Variable(tf.zeros([width, 1])), tf.Variable(tf.zeros([1])),
        ]

    @staticmethod
    def forward(x, p):
        h = tf.nn.tanh(x @ p[0] + p[1])
        h = tf.nn.tanh(h @ p[2] + p[3])
        return h @ p[4] + p[5]


def mse(a, b):
    return tf.reduce_mean(tf.square(a - b))


def limit(g):
    """clip the gradient of one tensor to MAX_NORM"""
    factor = tf.minimum(1.0, MAX_NORM / tf.norm(g))  # whynan: divide_by_zero phase=gradient|forward|loss also=norm_grad_at_zero,where_gradient_trap
    return g * factor


def adapt(params, x, y):
    fast = [tf.identity(p) for p in params]
    for _ in range(INNER_STEPS):
        with tf.GradientTape() as inner:
            inner.watch(fast)
            loss = mse(SineNet.forward(x, fast), y)
        grads = [limit(g) for g in inner.gradient(loss, fast)]
        if FIRST_ORDER:
            grads = [tf.stop_gradient(g) for g in grads]
        fast = [w - INNER_LR * g for w, g in zip(fast, grads)]
    return fast


def sample_task(k=10):
    amp, phase = rng.uniform(0.5, 3.0), rng.uniform(0, np.pi)
    x = rng.uniform(-3, 3, (2 * k, 1)).astype("float32")
    y = (amp * np.sin(x + phase)).astype("float32")
    return (tf.constant(x[:k]), tf.constant(y[:k])), (tf.constant(x[k:]), tf.constant(y[k:]))


net = SineNet()
for it in range(30):
    with tf.GradientTape() as outer:
        losses = []
        for _ in range(4):
            (xs, ys), (xq, yq) = sample_task()
            losses.append(mse(SineNet.forward(xq, adapt(net.params, xs, ys)), yq))
        meta_loss = tf.add_n(losses) / len(losses)
    for p, g in zip(net.params, outer.gradient(meta_loss, net.params)):
        p.assign_sub(META_LR * g)
    if it % 5 == 0:
        print(f"meta step {it}: query loss {float(meta_loss):.4f}")
