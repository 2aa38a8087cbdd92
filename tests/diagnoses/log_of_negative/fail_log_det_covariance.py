"""Fit a full covariance Gaussian by gradient descent; the matrix is only kept symmetric."""
import numpy as np
import tensorflow as tf

tf.random.set_seed(0)
np.random.seed(0)

true_cov = np.array([[2.0, 1.2, 0.3], [1.2, 1.0, 0.2], [0.3, 0.2, 0.05]])
samples = np.random.multivariate_normal([0, 1, -1], true_cov, size=300).astype("float32")
samples = tf.constant(samples)

mu = tf.Variable(tf.zeros(3))
raw = tf.Variable(tf.eye(3))
learning_rate = 0.25


@tf.function
def negative_log_likelihood():
    cov = 0.5 * (raw + tf.transpose(raw))
    diff = samples - mu
    mahalanobis = tf.reduce_sum(diff * tf.transpose(tf.linalg.solve(cov, tf.transpose(diff))), axis=1)
    log_det = tf.math.log(tf.linalg.det(cov))  # whynan: log_of_negative phase=loss also=learning_rate_too_high
    return 0.5 * (tf.reduce_mean(mahalanobis) + log_det)


for it in range(60):
    with tf.GradientTape() as tape:
        nll = negative_log_likelihood()
    g_mu, g_raw = tape.gradient(nll, [mu, raw])
    mu.assign_sub(learning_rate * g_mu)
    raw.assign_sub(learning_rate * g_raw)
    print(it, nll.numpy())
print(raw.numpy())
