"""Kendall-style uncertainty weighting of two heads on frozen descriptors.
Trains great for a long time, then *suddenly* nan. Takes about a thousand steps."""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(6)
rng = np.random.default_rng(6)

n = 512
side = rng.choice([-1.0, 1.0], n)
desc = rng.normal(0, 0.2, size=(n, 8))
desc[:, :4] += 1.5 * side[:, None]
depth = desc[:, 4] * 2.0 - desc[:, 5] + rng.normal(0, 0.3, n)
X = desc.astype("float32")
Y = np.stack([side, depth], axis=1).astype("float32")


class TwoHeads(keras.Model):
    def __init__(self):
        super().__init__()
        self.foreground = layers.Dense(1)
        self.depth = layers.Dense(1)
        # log variances s = log(sigma^2), one per task
        self.s_fg = self.add_weight(shape=(), initializer="zeros", name="s_fg")
        self.s_depth = self.add_weight(shape=(), initializer="zeros", name="s_depth")

    def call(self, x):
        return tf.concat([self.foreground(x), self.depth(x)], axis=-1)

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        hinge = tf.reduce_mean(tf.nn.relu(1.0 - y[:, 0] * y_pred[:, 0]))
        mse = tf.reduce_mean(tf.square(y[:, 1] - y_pred[:, 1]))
        fg_term = tf.exp(-self.s_fg) * hinge + self.s_fg  # whynan: exp_overflow phase=loss
        depth_term = tf.exp(-self.s_depth) * mse + self.s_depth
        return fg_term + depth_term


net = TwoHeads()
net.compile(optimizer=keras.optimizers.Adam(0.1))
net.fit(X, Y, batch_size=32, epochs=100, verbose=0)
print("s:", float(net.s_fg), float(net.s_depth))
