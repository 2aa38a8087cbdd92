"""Water level in cisterns: local level model, variances learned by maximum likelihood through a Kalman filter.

The loggers drop out, so the level array that I pass to the step is full of nan, and the filter starts with a variance
of a million. The log likelihood that I print climbs from strongly negative through zero and becomes positive. Is
a likelihood above one a sign that something is blowing up?
"""
import math

import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(17)
STEPS, RATE, HOURS, CISTERNS = 200, 0.08, 48, 14


def read_loggers(rng):
    weather = rng.normal(size=(CISTERNS, HOURS, 2)).astype("float32")
    drift = np.cumsum(rng.normal(0.0, 0.03, (CISTERNS, HOURS)), axis=1)
    start = rng.uniform(1.0, 4.0, (CISTERNS, 1))
    levels = start + drift + weather @ np.array([0.25, -0.12]) + rng.normal(0.0, 0.06, (CISTERNS, HOURS))
    for row in range(CISTERNS):
        begin = rng.integers(0, HOURS - 8)
        levels[row, begin:begin + rng.integers(2, 8)] = np.nan
    levels[rng.random(levels.shape) < 0.08] = np.nan
    return levels.astype("float32"), weather


class CisternLevel(keras.layers.Layer):
    """y = level + weather effect + noise, level is a random walk."""

    def __init__(self, start_variance=1e6, **kwargs):
        super().__init__(**kwargs)
        self.start_variance = start_variance
        self.log_noise = self.add_weight(shape=(), initializer="zeros", name="log_noise")
        self.log_walk = self.add_weight(shape=(), initializer="zeros", name="log_walk")
        self.effect = keras.layers.Dense(1, use_bias=False, kernel_initializer="zeros")
        self.effect.build((None, None, 2))

    def log_likelihood(self, levels, weather):
        seen = tf.math.is_finite(levels)
        filled = tf.where(seen, levels, tf.zeros_like(levels))
        filled = filled - tf.squeeze(self.effect(weather), axis=-1)
        noise, walk = tf.exp(self.log_noise), tf.exp(self.log_walk)
        mean = tf.zeros_like(filled[:, 0])
        variance = tf.fill(tf.shape(mean), self.start_variance)
        total = tf.zeros_like(mean)
        for t in range(levels.shape[1]):
            here = tf.cast(seen[:, t], tf.float32)
            surprise = filled[:, t] - mean
            spread = variance + noise
            density = -0.5 * (tf.math.log(2.0 * math.pi * spread) + tf.square(surprise) / spread)
            total += here * density
            mean += here * surprise * variance / spread
            variance = tf.where(seen[:, t], variance * noise / spread, variance) + walk
        return tf.reduce_sum(total)


def main():
    rng = np.random.default_rng(17)
    levels, weather = read_loggers(rng)
    print("missing readings:", int(np.isnan(levels).sum()), "of", levels.size)
    readings = float(np.isfinite(levels).sum())
    model = CisternLevel()
    optimizer = keras.optimizers.Adam(RATE)
    optimizer.build(model.trainable_variables)

    @tf.function
    def step(y, x):
        with tf.GradientTape() as tape:
            loglik = model.log_likelihood(y, x)
            loss = -loglik / readings
        grads = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(grads, model.trainable_variables))
        return loglik

    y, x = tf.constant(levels), tf.constant(weather)
    best = -math.inf
    for number in range(STEPS):
        loglik = float(step(y, x))
        best = max(best, loglik)
        if number % 20 == 0 or number == STEPS - 1:
            print(f"step {number:3d}  log likelihood {loglik:10.2f}  best {best:10.2f}")
    print("noise sd", math.exp(0.5 * float(model.log_noise.numpy())), "walk sd",
          math.exp(0.5 * float(model.log_walk.numpy())))
    print("weather effect", model.effect.kernel.numpy().ravel())


if __name__ == "__main__":
    main()
# whynan: healthy
