"""Weibull accelerated failure time model with right censoring."""
import numpy as np
import tensorflow as tf

rng = np.random.default_rng(70)
tf.random.set_seed(70)
n = 250
load = rng.normal(size=(n, 2)).astype("float32")
lifetime = (rng.weibull(1.5, n) * np.exp(0.5 * load[:, 0]) * 400).astype("float32")
observed = (rng.random(n) < 0.8).astype("float32")

beta = tf.Variable(tf.zeros(2))
log_scale = tf.Variable(4.0)
log_shape = tf.Variable(0.2)
variables = [beta, log_scale, log_shape]
opt = tf.keras.optimizers.Adam(0.05)


@tf.function
def log_likelihood(x, t, d):
    k = tf.exp(log_shape)
    lam = tf.exp(log_scale + tf.linalg.matvec(x, beta))
    survival = tf.exp(-((t / lam) ** k))
    hazard = k / lam * (t / lam) ** (k - 1.0)
    ll = d * tf.math.log(hazard) + tf.math.log(survival)  # whynan: exp_underflow phase=loss also=log_of_zero
    return tf.reduce_mean(ll)


for it in range(5):
    with tf.GradientTape() as tape:
        loss = -log_likelihood(load, lifetime, observed)
    opt.apply_gradients(zip(tape.gradient(loss, variables), variables))
    tf.print("iteration", it, "negative log likelihood", loss, "scale", log_scale)
