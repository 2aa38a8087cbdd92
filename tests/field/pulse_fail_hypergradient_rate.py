"""Resting pulse from lifestyle features: linear baseline trained with hypergradient descent.

The idea is that the learning rate learns itself: it goes up while consecutive gradients agree and down when they disagree.
I start very carefully with 0.001. The printed rate does strange things in the first few steps and after the sixth step
everything is nan. Plain SGD with 0.001 or with 0.05 gives a good fit on the same data.
"""
import keras
import numpy as np
import tensorflow as tf
from sklearn.preprocessing import scale

keras.utils.set_random_seed(33)


def survey(n=1600, seed=10):
    rng = np.random.default_rng(seed)
    age = rng.uniform(18, 80, n)
    bmi = rng.normal(26, 4, n)
    steps = rng.lognormal(8.9, 0.4, n)
    sleep = rng.normal(7.1, 0.9, n)
    coffee = rng.poisson(2.1, n)
    smoker = rng.random(n) < 0.22
    pulse = 71 + 0.5 * (bmi - 26) - 0.0006 * (steps - 7800) - 1.1 * (sleep - 7) + 0.8 * coffee + 4.5 * smoker
    pulse = pulse + rng.normal(0, 6, n)
    features = scale(np.column_stack([age, bmi, steps, sleep, coffee, smoker.astype(float)]))
    return features.astype("float32"), pulse[:, None].astype("float32")


class HypergradientDescent:
    """Descent whose step length is itself adapted by gradient descent (Baydin et al.)."""

    def __init__(self, variables, rate=1e-3, hyper_rate=1e-3):
        self.variables = variables
        self.rate = tf.Variable(rate, dtype=tf.float32, trainable=False)
        self.hyper_rate = hyper_rate
        self.previous = [tf.Variable(np.zeros(v.shape, "float32"), trainable=False) for v in variables]

    def step(self, gradients):
        agreement = tf.add_n([tf.reduce_sum(g * p) for g, p in zip(gradients, self.previous)])
        self.rate.assign_add(self.hyper_rate * agreement)
        for variable, gradient, previous in zip(self.variables, gradients, self.previous):
            variable.assign_sub(self.rate * gradient)
            previous.assign(gradient)


features, pulse = survey()
print("features", features.mean().round(3), features.std().round(3), "pulse", pulse.min(), pulse.max())

model = keras.Sequential([keras.Input((features.shape[1],)), keras.layers.Dense(1)])
descent = HypergradientDescent(model.trainable_variables)


@tf.function
def update(x, y):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(model(x) - y))  # whynan: learning_rate_too_high phase=loss|gradient|update also=exploding_gradient,unscaled_target,lr_schedule_invalid
    gradients = tape.gradient(loss, model.trainable_variables)
    descent.step(gradients)
    return loss


def batches(rng, size=80):
    order = rng.permutation(len(features))
    for start in range(0, len(order), size):
        rows = order[start : start + size]
        yield tf.constant(features[rows]), tf.constant(pulse[rows])


rng = np.random.default_rng(0)
count = 0
for epoch in range(3):
    for x, y in batches(rng):
        loss = update(x, y)
        count += 1
        if count <= 8:
            print(f"step {count}: loss {float(loss):.4g}, rate {float(descent.rate):.4g}")
    print(f"epoch {epoch + 1} done, last loss {float(loss):.4g}")
