"""Heckman's selection model trained jointly: a probit for participation and a wage equation with the Mills ratio.

Women who do not work have no wage, their rows are multiplied by zero in the wage part. The joint loss falls for a
while and then is nan although no wage, no feature and no weight was unusual the step before.
"""
import math

import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(88)

CONFIG = dict(people=2000, batch=100, epochs=15, rate=0.02, wage_weight=0.5)


def survey(n):
    rng = np.random.default_rng(1987)
    age = rng.uniform(20, 60, n)
    school = np.clip(rng.normal(12.5, 2.4, n), 6, 20).round()
    kids = rng.poisson(0.5, n)
    other_income = rng.lognormal(0.0, 1.2, n) * 9.0  # thousands a year, the rest of the household
    city = rng.random(n) < 0.6
    raw = np.column_stack([age, school, kids, other_income, city]).astype("float64")
    x = (raw - raw.mean(0)) / raw.std(0)
    shock = rng.multivariate_normal([0, 0], [[1.0, 0.5], [0.5, 1.0]], n)
    works = (0.4 - 0.2 * x[:, 0] + 0.35 * x[:, 1] - 0.5 * x[:, 2] - 0.9 * x[:, 3] + shock[:, 0]) > 0
    log_wage = 2.2 + 0.3 * x[:, 1] + 0.12 * x[:, 0] + 0.1 * x[:, 4] + 0.4 * shock[:, 1]
    return x.astype("float32"), works.astype("float32"), np.where(works, log_wage, 0.0).astype("float32")


def normal_cdf(v):
    return 0.5 * (1.0 + tf.math.erf(v / math.sqrt(2.0)))


def normal_pdf(v):
    return tf.exp(-0.5 * tf.square(v)) / math.sqrt(2.0 * math.pi)


class SelectionModel:
    def __init__(self):
        self.participation = keras.layers.Dense(1, name="participation")
        self.wage = keras.layers.Dense(1, name="wage")
        self.rho = keras.Variable(0.1, name="rho")

    def variables(self):
        return self.participation.trainable_variables + self.wage.trainable_variables + [self.rho]

    def loss(self, x, works, log_wage):
        index = self.participation(x)[:, 0]
        prob = tf.clip_by_value(normal_cdf(index), 1e-6, 1.0 - 1e-6)
        probit = -tf.reduce_mean(works * tf.math.log(prob) + (1.0 - works) * tf.math.log(1.0 - prob))

        mills = normal_pdf(index) / normal_cdf(index)  # whynan: divide_by_zero phase=loss also=exp_underflow,nan_mask_mismatch
        expected = self.wage(x)[:, 0] + self.rho * mills
        squared = works * tf.square(log_wage - expected)
        wage = tf.reduce_sum(squared) / tf.maximum(tf.reduce_sum(works), 1.0)
        return probit + CONFIG["wage_weight"] * wage


def train():
    x, works, log_wage = survey(CONFIG["people"])
    model = SelectionModel()
    optimizer = keras.optimizers.Adam(CONFIG["rate"])
    order = np.random.default_rng(0)
    for epoch in range(CONFIG["epochs"]):
        losses = []
        permutation = order.permutation(len(x))
        for start in range(0, len(x), CONFIG["batch"]):
            rows = permutation[start:start + CONFIG["batch"]]
            with tf.GradientTape() as tape:
                loss = model.loss(x[rows], works[rows], log_wage[rows])
            grads = tape.gradient(loss, model.variables())
            optimizer.apply_gradients(zip(grads, model.variables()))
            losses.append(float(loss))
        print(f"epoch {epoch:2d}  loss {np.mean(losses):.4f}  rho {float(model.rho):.3f}")


train()
