"""Pedestrian trajectory forecasting with an additional heading loss (custom loop, eager)."""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(4)
rng = np.random.default_rng(4)

OBS, PRED = 8, 6


def simulate(n):
    speed = rng.uniform(0.2, 1.0, size=(n, 1))
    angle = rng.uniform(-np.pi, np.pi, size=(n, 1)) + np.cumsum(rng.normal(0, 0.1, (n, OBS + PRED)), 1)
    step = np.stack([speed * np.cos(angle), speed * np.sin(angle)], -1).astype("float32")
    return step[:, :OBS], step[:, OBS:]


class Forecaster(keras.Model):
    def __init__(self):
        super().__init__()
        self.rnn = keras.layers.GRU(24)
        # residual formulation: start with "stands still"
        self.head = keras.layers.Dense(PRED * 2, kernel_initializer="zeros")

    def call(self, obs):
        return tf.reshape(self.head(self.rnn(obs)), [-1, PRED, 2])


def heading_of(step):
    return tf.math.atan2(step[..., 1], step[..., 0])  # whynan: atan2_grad_at_origin phase=gradient


def objective(true_step, pred_step, w_heading=0.1):
    displacement = tf.reduce_mean(tf.reduce_sum(tf.square(true_step - pred_step), -1))
    diff = heading_of(pred_step) - heading_of(true_step)
    return displacement + w_heading * tf.reduce_mean(1.0 - tf.cos(diff))


obs, fut = simulate(128)
model = Forecaster()
optimizer = keras.optimizers.RMSprop(1e-3)
for epoch in range(2):
    perm = rng.permutation(len(obs))
    for start in range(0, len(obs), 32):
        sel = perm[start : start + 32]
        with tf.GradientTape() as tape:
            loss = objective(tf.constant(fut[sel]), model(tf.constant(obs[sel])))
        grads = tape.gradient(loss, model.trainable_weights)
        optimizer.apply_gradients(zip(grads, model.trainable_weights))
        print(epoch, start, float(loss))
