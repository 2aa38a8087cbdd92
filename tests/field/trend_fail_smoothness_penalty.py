"""Marketing mix model with coefficients that drift from week to week."""
import logging
import numpy as np
import tensorflow as tf

logging.basicConfig(level=logging.INFO, format="%(message)s")
log = logging.getLogger("mmm")
tf.random.set_seed(0)

SETTINGS = {"weeks": 156, "channels": 4, "smoothness": 500.0, "lr": 0.02, "steps": 120}


def simulate(s):
    rng = np.random.default_rng(20)
    spend = rng.gamma(2.0, 0.5, size=(s["weeks"], s["channels"]))
    drift = 1.0 + np.cumsum(0.05 * rng.normal(size=(s["weeks"], s["channels"])), axis=0)
    sales = np.sum(spend * drift, axis=1) + 0.2 * rng.normal(size=s["weeks"])
    return spend.astype("float32"), sales.astype("float32")


class DriftingRegression(tf.Module):
    def __init__(self, weeks, channels, smoothness):
        super().__init__()
        self.beta = tf.Variable(tf.zeros((weeks, channels)), name="beta")
        self.bias = tf.Variable(0.0, name="bias")
        self.smoothness = smoothness

    def predict(self, spend):
        return tf.reduce_sum(spend * self.beta, axis=1) + self.bias

    def random_walk_prior(self):
        jump = self.beta[1:] - self.beta[:-1]
        return self.smoothness * tf.reduce_sum(tf.square(jump))  # whynan: regularization_too_large phase=loss also=learning_rate_too_high,exploding_gradient

    def objective(self, spend, sales):
        fit_term = tf.reduce_mean(tf.square(self.predict(spend) - sales))
        return fit_term + self.random_walk_prior()


spend, sales = simulate(SETTINGS)
mmm = DriftingRegression(SETTINGS["weeks"], SETTINGS["channels"], SETTINGS["smoothness"])


@tf.function
def step(spend, sales):
    with tf.GradientTape() as tape:
        loss = mmm.objective(spend, sales)
    for var, grad in zip(mmm.trainable_variables, tape.gradient(loss, mmm.trainable_variables)):
        var.assign_sub(SETTINGS["lr"] * grad)
    return loss


for i in range(SETTINGS["steps"]):
    value = step(tf.constant(spend), tf.constant(sales))
    if i % 10 == 0:
        log.info("step %d objective %.4g", i, float(value))
