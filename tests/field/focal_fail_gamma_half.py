"""Extremely rare events (1 in 1e8). I initialise the bias with the prior as in the RetinaNet paper and use a
softer focusing parameter. Loss is fine in the first step, all weights are NaN afterwards."""
import math
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(42)
rng = np.random.default_rng(42)


class FocalLoss(keras.losses.Loss):
    def __init__(self, alpha=0.25, gamma=2.0, name="focal"):
        super().__init__(name=name)
        self.alpha = alpha
        self.gamma = gamma

    def call(self, y_true, y_pred):
        is_pos = tf.equal(y_true, 1.0)
        pt = tf.where(is_pos, y_pred, 1.0 - y_pred)
        alpha_t = tf.where(is_pos, self.alpha, 1.0 - self.alpha)
        # clip so that log() is never called with 0
        ce = -tf.math.log(tf.clip_by_value(pt, 1e-7, 1.0) + 1e-7)
        modulating_factor = (1.0 - pt) ** self.gamma  # whynan: pow_grad_at_zero phase=gradient
        return tf.reduce_mean(alpha_t * modulating_factor * ce, axis=-1)


def prior_bias(p):
    return keras.initializers.Constant(-math.log((1.0 - p) / p))


X = rng.normal(size=(2048, 12)).astype("float32")
y = np.zeros((2048, 1), "float32")
y[rng.choice(2048, 6, replace=False)] = 1.0

inputs = keras.Input((12,))
h = keras.layers.Dense(16, activation="tanh")(inputs)
out = keras.layers.Dense(
    1,
    activation="sigmoid",
    kernel_initializer=keras.initializers.RandomNormal(stddev=0.01),
    bias_initializer=prior_bias(1e-8),
)(h)
clf = keras.Model(inputs, out)
clf.compile(optimizer=keras.optimizers.SGD(0.01, momentum=0.9), loss=FocalLoss(gamma=0.5))
clf.fit(X, y, batch_size=128, epochs=2, verbose=2)
