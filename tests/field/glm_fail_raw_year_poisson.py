"""Poisson regression of yearly accident counts, written by hand to learn TF."""
import numpy as np
import tensorflow as tf

tf.keras.utils.set_random_seed(12)
rng = np.random.default_rng(12)

n = 256
year = rng.integers(1985, 2020, n).astype("float32")
log_km = rng.normal(0.0, 0.5, n).astype("float32")
counts = rng.poisson(np.exp(2.4 + 0.5 * log_km)).astype("float32")
X = np.stack([year, log_km], axis=1)

ds = tf.data.Dataset.from_tensor_slices((X, counts[:, None])).shuffle(n, seed=0).batch(64).repeat(10)


class PoissonGLM(tf.Module):
    def __init__(self, d):
        self.w = tf.Variable(tf.zeros([d, 1]), name="w")
        self.b = tf.Variable(tf.zeros([1]), name="b")

    def __call__(self, x):
        return tf.exp(x @ self.w + self.b)  # whynan: unscaled_input phase=forward also=exp_overflow,learning_rate_too_high


glm = PoissonGLM(2)
LR = 1e-3


@tf.function
def step(x, y):
    with tf.GradientTape() as tape:
        rate = glm(x)
        nll = tf.reduce_mean(rate - y * tf.math.log(rate))
    grads = tape.gradient(nll, glm.trainable_variables)
    for v, g in zip(glm.trainable_variables, grads):
        v.assign_sub(LR * g)
    return nll


for i, (xb, yb) in enumerate(ds):
    value = step(xb, yb)
    if i % 5 == 0:
        print(i, float(value))
