"""Poll aggregation: local-level Kalman filter, variances by maximum likelihood, compiled with XLA.

Two institutes publish in turn, six regions, sixty weeks. The likelihood improves for a handful of iterations, the
variance of the level goes down as I expect for a quiet campaign, then the value is nan and stays so. Without
jit_compile it is the same.
"""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(23)
CONFIG = {"weeks": 60, "level_variance": 0.3, "poll_variance": 6.0, "learning_rate": 0.05, "iterations": 80}


def campaign(weeks, seed=14):
    rng = np.random.default_rng(seed)
    support = np.array([31.0, 27.5, 38.0, 22.0, 35.5, 29.0])
    level = support + np.cumsum(0.02 * rng.standard_normal((weeks, support.size)), axis=0)
    house = np.where(np.arange(weeks) % 2 == 0, 2.0, -2.0)[:, None]     # the two institutes
    return (level + house + rng.standard_normal(level.shape)).astype("float32")


class Gaussian:
    """Mean and variance of the hidden support of the regions."""

    def __init__(self, mean, variance):
        self.mean, self.variance = mean, variance


class LocalLevel(tf.Module):
    def __init__(self, level_variance, poll_variance):
        super().__init__(name="local_level")
        self.level_variance = tf.Variable(level_variance, name="level_variance")
        self.poll_variance = tf.Variable(poll_variance, name="poll_variance")

    def predict(self, belief):
        return Gaussian(belief.mean, belief.variance + self.level_variance)

    def innovation(self, belief, poll):
        return poll - belief.mean, belief.variance + self.poll_variance

    def log_density(self, surprise, variance):
        return -0.5 * (tf.math.log(2.0 * np.pi * variance) + tf.square(surprise) / variance)  # whynan: unconstrained_scale phase=loss|forward also=log_of_negative

    def correct(self, belief, surprise, variance):
        gain = belief.variance / variance
        return Gaussian(belief.mean + gain * surprise, (1.0 - gain) * belief.variance)

    def log_likelihood(self, polls):
        belief = Gaussian(polls[0], self.poll_variance)
        total = 0.0
        for week in range(1, polls.shape[0]):
            belief = self.predict(belief)
            surprise, variance = self.innovation(belief, polls[week])
            total += tf.reduce_mean(self.log_density(surprise, variance))
            belief = self.correct(belief, surprise, variance)
        return total / (polls.shape[0] - 1)


def main(config):
    polls = tf.constant(campaign(config["weeks"]))
    model = LocalLevel(config["level_variance"], config["poll_variance"])
    optimizer = keras.optimizers.Adam(config["learning_rate"])
    variables = [model.level_variance, model.poll_variance]

    @tf.function(jit_compile=True)
    def objective(y):
        with tf.GradientTape() as tape:
            loss = -model.log_likelihood(y)
        return loss, tape.gradient(loss, variables)

    best = np.inf
    for iteration in range(config["iterations"]):
        loss, grads = objective(polls)
        best = min(best, float(loss))
        if iteration % 4 == 0:
            print(iteration, "nll", float(loss), "best", best, "variances", [float(v) for v in variables])
        optimizer.apply_gradients(zip(grads, variables))


main(CONFIG)
