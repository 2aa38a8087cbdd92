# Misprints per page, proof-reading department.
# Counts are clearly under-dispersed (proof readers stop a page that gets too bad), so plain
# Poisson gives silly intervals. Conway-Maxwell-Poisson with both parameters from a network.
import numpy as np
import tensorflow as tf
from tensorflow import keras

keras.utils.set_random_seed(4)
rng = np.random.default_rng(4)

pages = 2400
words = rng.normal(420, 90, pages).clip(80)
columns = rng.integers(1, 4, pages)
night = rng.random(pages) < 0.3
tables = rng.poisson(0.6, pages)
rate = 0.004 * words + 0.5 * night + 0.4 * tables
y = rng.binomial(12, np.clip(rate / 12.0, 0.01, 0.9)).astype("float32")
feats = np.column_stack([words, columns, night, tables]).astype("float32")
feats = (feats - feats.mean(0)) / feats.std(0)
print("mean", y.mean(), "variance", y.var(), "max", y.max())

J = tf.range(0.0, 61.0)


def log_z(lam, nu):
    series = lam[:, None] ** J / tf.exp(tf.math.lgamma(J + 1.0)) ** nu[:, None]  # whynan: exp_overflow phase=gradient|forward|loss
    return tf.math.log(tf.reduce_sum(series, axis=1))


def cmp_nll(counts, log_lam, log_nu):
    lam, nu = tf.exp(log_lam), tf.exp(log_nu)
    return log_z(lam, nu) + nu * tf.math.lgamma(counts + 1.0) - counts * log_lam


class CountNet(keras.Model):
    def __init__(self, width=20):
        super().__init__()
        self.hidden = keras.layers.Dense(width, activation="tanh")
        # both heads start at lam = nu = 1, an ordinary Poisson(1)
        self.heads = keras.layers.Dense(2, kernel_initializer="zeros")

    def call(self, x):
        return tf.unstack(self.heads(self.hidden(x)), axis=1)


model = CountNet()
opt = keras.optimizers.Adam(learning_rate=5e-3)
history = []
for epoch in range(4):
    order = rng.permutation(pages)
    for start in range(0, pages, 96):
        rows = order[start:start + 96]
        xb, yb = tf.constant(feats[rows]), tf.constant(y[rows])
        with tf.GradientTape() as tape:
            log_lam, log_nu = model(xb)
            loss = tf.reduce_mean(cmp_nll(yb, log_lam, log_nu))
        grads = tape.gradient(loss, model.trainable_variables)
        opt.apply_gradients(zip(grads, model.trainable_variables))
        history.append(float(loss))
    print("epoch", epoch, "nll", np.mean(history[-25:]))

log_lam, log_nu = model(tf.constant(feats))
print("median nu:", np.median(np.exp(log_nu.numpy())))
