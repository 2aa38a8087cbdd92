# Mixture density network for the inverse kinematics of a 2-link arm.
# Loss is inf then nan. Learning rate 1e-5 doesn't help either.
import math
import numpy as np
import keras
from keras import ops

keras.utils.set_random_seed(3)
rng = np.random.default_rng(3)
K = 5  # mixture components

q1 = rng.uniform(0.2, 1.2, 600)
q2 = rng.uniform(0.2, 2.5, 600)
L1, L2 = 320.0, 260.0  # mm
tip = np.stack([L1 * np.cos(q1) + L2 * np.cos(q1 + q2), L1 * np.sin(q1) + L2 * np.sin(q1 + q2)], 1)
x_train = np.stack([q1, q2], 1).astype("float32")
y_train = np.linalg.norm(tip, axis=1, keepdims=True).astype("float32")  # reach in mm


class MDNHead(keras.layers.Layer):
    def __init__(self, k, **kw):
        super().__init__(**kw)
        self.k = k
        self.pi = keras.layers.Dense(k, activation="softmax")
        self.mu = keras.layers.Dense(k)
        self.log_sigma = keras.layers.Dense(k)

    def call(self, h):
        return ops.concatenate([self.pi(h), self.mu(h), ops.exp(self.log_sigma(h))], axis=-1)


def mdn_loss(k):
    norm = 1.0 / math.sqrt(2.0 * math.pi)

    def gaussian(y, mu, sigma):
        return norm / sigma * ops.exp(-0.5 * ops.square((y - mu) / sigma))

    def loss(y_true, y_pred):
        pi, mu, sigma = y_pred[:, :k], y_pred[:, k : 2 * k], y_pred[:, 2 * k :]
        likelihood = ops.sum(pi * gaussian(y_true, mu, sigma), axis=-1)
        return -ops.log(likelihood)  # whynan: log_of_zero phase=loss also=exp_underflow,unscaled_target

    return loss


inp = keras.Input((2,))
h = keras.layers.Dense(32, activation="tanh")(inp)
model = keras.Model(inp, MDNHead(K)(h))
model.compile(optimizer=keras.optimizers.Adam(1e-4), loss=mdn_loss(K))
model.fit(x_train, y_train, batch_size=50, epochs=3, verbose=2)
