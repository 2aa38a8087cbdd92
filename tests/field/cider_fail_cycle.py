"""Predict final alcohol of farmhouse cider from must analysis.

Own small Adam with a cosine cycle, because I wanted to see the moments in the notebook.
"""
import math

import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(11)
rng = np.random.default_rng(11)


class CyclicAdam:
    """Adam whose rate follows a cosine that starts again every `cycle` steps."""

    def __init__(self, variables, lr=3e-3, b1=0.9, b2=0.999, eps=1e-7, cycle=100):
        self.variables = variables
        self.lr, self.b1, self.b2, self.eps, self.cycle = lr, b1, b2, eps, cycle
        self.m = [tf.zeros(v.shape) for v in variables]
        self.v = [tf.zeros(v.shape) for v in variables]
        self.t = 0

    def rate(self):
        return self.lr * (0.55 + 0.45 * math.cos(math.pi * self.t / self.cycle))

    def step(self, grads):
        self.t = (self.t + 1) % self.cycle
        rate = self.rate()
        for i, (var, g) in enumerate(zip(self.variables, grads)):
            self.m[i] = self.b1 * self.m[i] + (1.0 - self.b1) * g
            self.v[i] = self.b2 * self.v[i] + (1.0 - self.b2) * tf.square(g)
            m_hat = self.m[i] / (1.0 - self.b1 ** self.t)  # whynan: divide_by_zero phase=update
            v_hat = self.v[i] / (1.0 - self.b2 ** self.t)
            var.assign_sub(rate * m_hat / (tf.sqrt(v_hat) + self.eps))


def make_pressings(n):
    brix = rng.normal(12.5, 1.4, n)
    acid = rng.gamma(9.0, 0.7, n)
    yan = rng.normal(95.0, 25.0, n)
    temp = rng.normal(16.0, 2.5, n)
    days = rng.uniform(15, 60, n)
    attenuation = 1.0 - np.exp(-days / 14.0 * (0.6 + 0.03 * (temp - 10)))
    abv = 0.55 * brix * attenuation + 0.004 * (yan - 95) - 0.03 * acid + rng.normal(0, 0.15, n)
    x = np.stack([brix, acid, yan, temp, days], axis=1)
    return x.astype("float32"), abv.astype("float32")[:, None]


x, y = make_pressings(800)
x_train, x_test = x[:640], x[640:]
y_train, y_test = y[:640], y[640:]
mu, sd = x_train.mean(0), x_train.std(0)
x_train = (x_train - mu) / sd
x_test = (x_test - mu) / sd

net = keras.Sequential([
    keras.layers.Input((5,)),
    keras.layers.Dense(32, activation="tanh"),
    keras.layers.Dense(16, activation="tanh"),
    keras.layers.Dense(1),
])


@tf.function
def loss_and_grads(xb, yb):
    with tf.GradientTape() as tape:
        err = net(xb, training=True) - yb
        loss = tf.reduce_mean(tf.square(err))
    return loss, tape.gradient(loss, net.trainable_variables)


batches = tf.data.Dataset.from_tensor_slices((x_train, y_train)).shuffle(640, seed=4).batch(32)
opt = CyclicAdam(net.trainable_variables)

for epoch in range(12):
    losses = []
    for xb, yb in batches:
        loss, grads = loss_and_grads(xb, yb)
        opt.step(grads)
        losses.append(float(loss))
    test = float(np.mean((net(x_test).numpy() - y_test) ** 2))
    print(f"epoch {epoch:2d}  mse {np.mean(losses):.4f}  test {test:.4f}  lr {opt.rate():.5f}")
