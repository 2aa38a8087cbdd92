"""Uncertainty for a tumour classifier with Stein variational gradient descent: fit a point estimate with Keras,
then let eight particles explore the posterior around it. When I started the particles from random numbers it ran;
started from the trained weights (which should be the better place) the very first round destroys all of them."""
import numpy as np
import tensorflow as tf
import keras
from sklearn.datasets import load_breast_cancer
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(9)
PARTICLES, ROUNDS, STEP, PRIOR_VAR = 8, 60, 2e-3, 4.0

raw = load_breast_cancer()
x = StandardScaler().fit_transform(raw.data).astype("float32")
y = raw.target.astype("float32")

point = keras.Sequential([keras.Input((x.shape[1],)), keras.layers.Dense(1)])
point.compile(optimizer=keras.optimizers.Adam(0.02), loss=keras.losses.BinaryCrossentropy(from_logits=True))
point.fit(x, y[:, None], epochs=6, batch_size=64, verbose=0)
kernel, bias = point.layers[-1].get_weights()
map_vector = np.concatenate([kernel[:, 0], bias]).astype("float32")

design = tf.constant(np.concatenate([x, np.ones((len(x), 1), "float32")], axis=1))
labels = tf.constant(y[:, None])
cloud = tf.Variable(tf.repeat(map_vector[None], PARTICLES, axis=0), name="cloud")


def negative_log_likelihood(theta):
    logits = tf.matmul(design, theta, transpose_b=True)
    wide = tf.repeat(labels, PARTICLES, axis=1)
    return tf.reduce_sum(tf.nn.sigmoid_cross_entropy_with_logits(labels=wide, logits=logits), axis=0)


def rbf(theta):
    difference = theta[:, None] - theta[None]
    d2 = tf.reduce_sum(tf.square(difference), axis=-1)
    median = tf.sort(tf.reshape(d2, [-1]))[PARTICLES * PARTICLES // 2]
    bandwidth = median / tf.math.log(PARTICLES + 1.0)
    similarity = tf.exp(-d2 / bandwidth)  # whynan: divide_by_zero phase=update|gradient also=zero_variance_normalisation
    repulsion = tf.reduce_sum(similarity[..., None] * difference, axis=1) * 2.0 / bandwidth
    return similarity, repulsion


@tf.function
def stein_round():
    with tf.GradientTape() as tape:
        nll = negative_log_likelihood(cloud)
        log_posterior = -tf.reduce_sum(nll) - 0.5 * tf.reduce_sum(tf.square(cloud)) / PRIOR_VAR
    score = tape.gradient(log_posterior, cloud)
    similarity, repulsion = rbf(tf.convert_to_tensor(cloud))
    direction = (tf.matmul(similarity, score) + repulsion) / PARTICLES
    cloud.assign_add(STEP * direction)
    return tf.reduce_mean(nll) / len(x)


print("point estimate:", float(tf.reduce_mean(negative_log_likelihood(cloud))) / len(x))
for r in range(ROUNDS):
    value = stein_round()
    if r % 10 == 0 or r < 3:
        spread = float(tf.reduce_mean(tf.math.reduce_std(cloud, axis=0)))
        print(f"round {r:2d}: mean loss {float(value):.4f}, spread of the particles {spread:.4f}")
