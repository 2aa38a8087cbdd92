"""Transmission rate of measles from daily case counts of boarding-school outbreaks.

A deterministic SIR model, one step per day, inside tf.while_loop; Poisson likelihood of the new cases; beta and gamma
shared by all schools. The estimate of beta climbs steadily from my first guess, as it should, and then in one step the
deviance is nan. The parameters just before are plain numbers (beta around 1.5 per day, infectious for some ten days).
"""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(9)
DAYS = 24


def observed_outbreaks(seed=30):
    """Nature does not move in daily steps: integrate finely, count per day."""
    rng = np.random.default_rng(seed)
    size = np.array([500, 420, 640, 380, 900, 560, 310, 720, 480, 600, 350, 820], float)
    first = np.array([5, 4, 6, 3, 8, 5, 3, 9, 6, 4, 4, 7], float)
    s, i, beta, gamma, fine = size - first, first.copy(), 15 / 8, 1 / 8, 200
    daily = np.zeros((len(size), DAYS))
    for day in range(DAYS):
        for _ in range(fine):
            new = beta * s * i / size / fine
            s, i = s - new, i + new - gamma * i / fine
            daily[:, day] += new
    return size.astype("float32"), first.astype("float32"), rng.poisson(daily).astype("float32")


class SIR(tf.Module):
    def __init__(self, r0, infectious_days):
        super().__init__(name="sir")
        self.log_beta = tf.Variable(np.log(r0 / infectious_days), dtype=tf.float32, name="log_beta")
        self.log_gamma = tf.Variable(-np.log(infectious_days), dtype=tf.float32, name="log_gamma")

    @property
    def rates(self):
        # logarithms, so that neither rate can become negative
        return tf.exp(self.log_beta), tf.exp(self.log_gamma)

    def new_cases(self, size, first):
        beta, gamma = self.rates

        def more(day, *_):
            return day < DAYS

        def one_day(day, s, i, record):
            infected = beta * s * i / size
            recovered = gamma * i
            return day + 1, s - infected, i + infected - recovered, record.write(day, infected)

        start = (tf.constant(0), size - first, first, tf.TensorArray(tf.float32, size=DAYS))
        *_, record = tf.while_loop(more, one_day, start)
        return tf.transpose(record.stack())


class Estimator:
    def __init__(self, model, learning_rate):
        self.model = model
        self.optimizer = keras.optimizers.Adam(learning_rate)

    def deviance(self, expected, cases):
        return tf.reduce_mean(expected - cases * tf.math.log(expected + 1e-6))  # whynan: log_of_negative phase=loss|forward

    @tf.function
    def value_and_gradient(self, size, first, cases):
        with tf.GradientTape() as tape:
            value = self.deviance(self.model.new_cases(size, first), cases)
        return value, tape.gradient(value, self.model.trainable_variables)

    def fit(self, size, first, cases, steps):
        for step in range(steps):
            value, grads = self.value_and_gradient(size, first, cases)
            if step % 5 == 0:
                beta, gamma = (float(r) for r in self.model.rates)
                print(f"step {step:3d} deviance {float(value):10.4f} beta {beta:.3f} gamma {gamma:.3f}")
            self.optimizer.apply_gradients(zip(grads, self.model.trainable_variables))


size, first, cases = (tf.constant(v) for v in observed_outbreaks())
Estimator(SIR(r0=8.0, infectious_days=8.0), learning_rate=0.02).fit(size, first, cases, steps=100)
