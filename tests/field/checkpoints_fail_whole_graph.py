"""Waiting time at road border checkpoints from queue cameras and calendar (minutes)."""
import math

import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(5)

LOG2 = math.log(2.0)
RATE, BETA = 0.01, 0.9


def observations(n=2400):
    rng = np.random.default_rng(5)
    hour = rng.uniform(0, 24, n)
    lanes = rng.integers(1, 7, n)
    queue = rng.gamma(2.0, 9.0, n)
    lorries = rng.beta(2, 5, n)
    festive = (rng.uniform(size=n) < 0.02).astype(float)
    wait = 4 + 1.6 * queue / lanes + 12 * lorries + 3 * np.sin(hour / 24 * 2 * np.pi)
    wait = np.clip(wait + rng.normal(0, 1.5, n), 0, 75)
    wait = wait + festive * rng.uniform(170, 260, n)
    columns = [np.sin(hour * np.pi / 12), np.cos(hour * np.pi / 12), lanes, queue, lorries, festive]
    x = np.stack(columns, axis=1)
    x = (x - x.mean(0)) / x.std(0)
    return x.astype("float32"), wait.astype("float32")[:, None]


class Perceptron(tf.Module):
    def __init__(self, n_in, width=24):
        super().__init__()
        init = keras.initializers.GlorotNormal(seed=8)
        self.w1 = tf.Variable(init((n_in, width)), name="w1")
        self.b1 = tf.Variable(tf.zeros(width), name="b1")
        self.w2 = tf.Variable(init((width, 1)), name="w2")
        self.b2 = tf.Variable(tf.zeros(1), name="b2")

    def __call__(self, x):
        return tf.tanh(x @ self.w1 + self.b1) @ self.w2 + self.b2


@tf.custom_gradient
def log_cosh(r):
    """log(cosh(r)) in the form that does not lose digits."""
    size = tf.abs(r)
    value = size + tf.math.softplus(-2.0 * size) - LOG2

    def grad(upstream):
        return upstream * tf.sinh(r) / tf.cosh(r)  # whynan: exp_overflow phase=gradient also=wrong_custom_gradient,unscaled_target

    return value, grad


x, y = observations()
n_train = 2000
train_set = (tf.data.Dataset.from_tensor_slices((x[:n_train], y[:n_train]))
             .shuffle(n_train, seed=5).batch(64).prefetch(2))
net = Perceptron(x.shape[1])
weights = net.trainable_variables
momenta = [tf.Variable(tf.zeros_like(w), trainable=False) for w in weights]


@tf.function
def train(epochs):
    curve = tf.TensorArray(tf.float32, size=epochs)
    for epoch in tf.range(epochs):
        total = tf.constant(0.0)
        batches = tf.constant(0.0)
        for i, (xb, yb) in train_set.enumerate():
            with tf.GradientTape() as tape:
                loss = tf.reduce_mean(log_cosh(net(xb) - yb))
            grads = tape.gradient(loss, weights)
            warm = tf.minimum(1.0, (tf.cast(i, tf.float32) + 1.0) / 10.0 + tf.cast(epoch, tf.float32))
            for w, m, g in zip(weights, momenta, grads):
                m.assign(BETA * m + g)
                w.assign_sub(RATE * warm * m)
            total += loss
            batches += 1.0
        curve = curve.write(epoch, total / batches)
    return curve.stack()


curve = train(tf.constant(25)).numpy()
for e in range(0, 25, 4):
    print(f"epoch {e:2d}: {curve[e]:.3f}")
miss = np.abs(net(tf.constant(x[n_train:])).numpy() - y[n_train:])
print("median error on the test days:", np.median(miss), "min")
