"""Differentiable local-level filter for river gauges.

A small network turns rain into the hourly rise, the filter does the rest and the two noise levels are
learned by maximum likelihood. Windows grow during training (a day, two days, four days, a week). The
short windows train, the likelihood of the week windows is nan from the first of them on.
"""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(21)

STATIONS, HOURS, LAGS = 24, 168, 3
LOG_TWO_PI = float(np.log(2.0 * np.pi))
WINDOWS = (24, 48, 96, 168)


def simulate_gauges(rng):
    """Hourly rain (mm), standardised level, and which readings reached the data centre."""
    wet = rng.random((STATIONS, HOURS + LAGS)) < 0.15
    rain = np.where(wet, rng.gamma(2.0, 1.5, wet.shape), 0.0)
    lagged = np.stack([rain[:, LAGS - k: LAGS - k + HOURS] for k in range(LAGS)], axis=-1)
    rise = 0.04 * lagged[..., 0] + 0.06 * lagged[..., 1] + 0.03 * lagged[..., 2]
    level = np.zeros((STATIONS, HOURS))
    for t in range(1, HOURS):
        level[:, t] = 0.97 * level[:, t - 1] + rise[:, t] + rng.normal(0.0, 0.05, STATIONS)
    level = (level - level.mean()) / level.std() + rng.normal(0.0, 0.1, level.shape)
    received = rng.random(level.shape) > 0.04
    received[:, 0] = True
    level = np.where(received, level, 0.0)
    return level.astype("float32"), received, np.log1p(lagged).astype("float32")


class LevelFilter(keras.Model):
    def __init__(self, hidden=16, **kwargs):
        super().__init__(**kwargs)
        self.runoff = keras.Sequential([layers.Dense(hidden, activation="tanh"), layers.Dense(1)])
        self.log_q = self.add_weight(name="log_q", shape=(), initializer=keras.initializers.Constant(-3.0))
        self.log_r = self.add_weight(name="log_r", shape=(), initializer=keras.initializers.Constant(-1.0))

    def negative_log_likelihood(self, level, received, rain):
        process = tf.exp(self.log_q)
        reading = tf.exp(self.log_r)
        rise = self.runoff(rain)[..., 0]
        mean, var = level[:, 0], tf.ones_like(level[:, 0])
        total = tf.zeros_like(mean)
        for t in range(1, level.shape[1]):
            # predict
            mean = mean + rise[:, t]
            var = var + process
            # update, only where the reading arrived
            surprise = level[:, t] - mean
            spread = var + reading
            gain = var / spread
            score = 0.5 * (LOG_TWO_PI + tf.math.log(spread) + tf.square(surprise) / spread)
            here = received[:, t]
            total = total + tf.where(here, score, 0.0)
            mean = tf.where(here, mean + gain * surprise, mean)
            var = tf.where(here, var + gain * spread * gain, var)  # whynan: exploding_gradient phase=forward|loss also=exp_overflow,wrong_sign_loss
        return tf.reduce_mean(total) / float(level.shape[1])


def main():
    rng = np.random.default_rng(4)
    level, received, rain = simulate_gauges(rng)
    model = LevelFilter()
    optimizer = keras.optimizers.Adam(1e-2, clipnorm=1.0)

    for hours in WINDOWS:
        losses = []
        for _ in range(2):
            order = rng.permutation(STATIONS)
            for part in np.split(order, 2):
                batch = (
                    tf.constant(level[part, :hours]),
                    tf.constant(received[part, :hours]),
                    tf.constant(rain[part, :hours]),
                )
                with tf.GradientTape() as tape:
                    loss = model.negative_log_likelihood(*batch)
                grads = tape.gradient(loss, model.trainable_variables)
                optimizer.apply_gradients(zip(grads, model.trainable_variables))
                losses.append(float(loss))
        print(f"window {hours:4d} h   nll/hour {np.mean(losses):.4f}   "
              f"q {float(np.exp(model.log_q.numpy())):.3f}   r {float(np.exp(model.log_r.numpy())):.3f}")


if __name__ == "__main__":
    main()
