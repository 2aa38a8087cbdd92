"""Fit a simulator of a call centre to the statistics of real half-hours, adversarially.

The critic is linear because the mean of each statistic is all that we want to match for now.  The simulated mean
swings around the real one, and wider every time.  No nan, but it never settles.
"""
# whynan: unstable
import keras
import numpy as np
import tensorflow as tf

STATISTICS = ["calls", "wait", "abandoned", "handling"]


def real_half_hours(n=3000, seed=21):
    rng = np.random.default_rng(seed)
    calls = rng.poisson(46.0, n)
    wait = rng.gamma(3.0, 14.0, n) + 0.4 * calls
    abandoned = rng.binomial(calls, np.clip(wait / 600.0, 0.0, 0.6))
    handling = rng.lognormal(5.4, 0.2, n)
    table = np.stack([calls, wait, abandoned, handling], axis=1)
    # units in which one step is a change that the planners would notice
    return (table / np.array([20.0, 30.0, 4.0, 120.0])).astype("float32")


class Calibration:
    def __init__(self, latent=4, rate=0.3, batch=64):
        keras.utils.set_random_seed(21)
        self.latent, self.batch = latent, batch
        self.simulator = keras.Sequential([
            keras.Input((latent,)),
            keras.layers.Dense(len(STATISTICS), kernel_initializer="orthogonal", name="affine_simulator"),
        ])
        self.critic = keras.Sequential([
            keras.Input((len(STATISTICS),)),
            keras.layers.Dense(1, kernel_initializer=keras.initializers.RandomNormal(stddev=0.05), name="critic"),
        ])
        self.simulator_optimizer = keras.optimizers.SGD(rate)
        self.critic_optimizer = keras.optimizers.SGD(rate)
        self.simulator_optimizer.build(self.simulator.trainable_variables)
        self.critic_optimizer.build(self.critic.trainable_variables)

    @tf.function
    def step(self, real):
        noise = tf.random.normal([self.batch, self.latent])
        with tf.GradientTape() as critic_tape, tf.GradientTape() as simulator_tape:
            fake = self.simulator(noise, training=True)
            score_real = self.critic(real, training=True)
            score_fake = self.critic(fake, training=True)
            critic_loss = tf.reduce_mean(score_fake) - tf.reduce_mean(score_real)
            simulator_loss = -tf.reduce_mean(score_fake)
        critic_gradients = critic_tape.gradient(critic_loss, self.critic.trainable_variables)
        simulator_gradients = simulator_tape.gradient(simulator_loss, self.simulator.trainable_variables)
        self.critic_optimizer.apply_gradients(zip(critic_gradients, self.critic.trainable_variables))
        self.simulator_optimizer.apply_gradients(zip(simulator_gradients, self.simulator.trainable_variables))
        return critic_loss, simulator_loss, tf.reduce_mean(fake, axis=0)

    def run(self, table, epochs):
        stream = tf.data.Dataset.from_tensor_slices(table).shuffle(len(table), seed=0)
        stream = stream.batch(self.batch, drop_remainder=True)
        target = table.mean(axis=0)
        for epoch in range(epochs):
            for real in stream:
                critic_loss, simulator_loss, mean = self.step(real)
            gap = dict(zip(STATISTICS, np.round(mean.numpy() - target, 2)))
            print(f"epoch {epoch}  critic {float(critic_loss):12.4g}  simulator {float(simulator_loss):12.4g}  gap {gap}")


Calibration().run(real_half_hours(), epochs=7)
