"""Groundwater levels of 24 wells, read by hand and with gaps: local level filter with learned noises.

Days without a reading get an infinite measurement noise, so the gain is zero there. A colleague saw inf
in the debugger and does not trust the fit.
"""
# whynan: healthy
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(17)

DAYS, WELLS = 60, 24
LOG_TWO_PI = 1.8378771


def readings():
    rng = np.random.default_rng(2)
    rain = rng.gamma(0.4, 1.0, (WELLS, DAYS)).astype("float32")
    level = np.zeros((WELLS, DAYS))
    state = rng.normal(0, 0.3, WELLS)
    for t in range(DAYS):
        state = 0.9 * state + 0.35 * rain[:, t] + rng.normal(0, 0.1, WELLS)
        level[:, t] = state
    observed = level + rng.normal(0, 0.25, level.shape)
    missing = rng.uniform(size=level.shape) < 0.3
    missing[3, 10:45] = True
    observed[missing] = 0.0
    return observed.astype("float32"), missing, rain


class LevelFilter(tf.Module):
    def __init__(self):
        self.log_state_noise = tf.Variable(0.5)
        self.log_reading_noise = tf.Variable(0.5)
        self.memory = tf.Variable(0.0)
        self.recharge = tf.Variable(0.0)

    def __call__(self, observed, missing, rain):
        unread = tf.constant(np.inf, tf.float32)
        noise = tf.where(missing, unread, tf.exp(self.log_reading_noise))
        q = tf.exp(self.log_state_noise)
        a = tf.sigmoid(self.memory)
        mean, var = tf.zeros(WELLS), tf.ones(WELLS)
        total = 0.0
        for t in range(DAYS):
            mean = a * mean + self.recharge * rain[:, t]
            var = a * a * var + q
            spread = var + noise[:, t]
            surprise = observed[:, t] - mean
            nll = 0.5 * (tf.math.log(spread) + tf.square(surprise) / spread + LOG_TWO_PI)
            total += tf.reduce_sum(tf.where(missing[:, t], 0.0, nll))
            gain = var / spread
            mean = mean + gain * surprise
            var = (1.0 - gain) * var
        return total / float(np.sum(~missing_days))


observed, missing_days, rain = readings()
level_filter = LevelFilter()
values = tf.constant(observed)
gaps = tf.constant(missing_days)
showers = tf.constant(rain)
weights = [level_filter.log_state_noise, level_filter.log_reading_noise, level_filter.memory,
           level_filter.recharge]


@tf.function
def loss_and_gradients():
    with tf.GradientTape() as tape:
        loss = level_filter(values, gaps, showers)
    return loss, tape.gradient(loss, weights)


for step in range(80):
    loss, grads = loss_and_gradients()
    for variable, g in zip(weights, grads):
        variable.assign_sub(0.05 * tf.clip_by_value(g, -1.0, 1.0))
    if step % 10 == 0:
        print(f"{step:3d} nll per reading {float(loss):.4f}")
print("memory", float(tf.sigmoid(level_filter.memory)), "recharge", float(level_filter.recharge))
