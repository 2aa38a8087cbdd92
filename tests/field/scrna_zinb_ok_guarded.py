# whynan: healthy
"""Zero inflated negative binomial loss, guarded in the way of the DCA code."""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(12)
rng = np.random.default_rng(12)
CELLS, GENES, EPS = 256, 40, 1e-10

rate = rng.lognormal(1.0, 1.0, size=(1, GENES)) * rng.lognormal(0, 0.3, size=(CELLS, 1))
counts = rng.poisson(rate) * (rng.uniform(size=rate.shape) > 0.4)
counts[:, 5] = 0  # gene that was never seen
counts = counts.astype("float32")
size_factor = counts.sum(1, keepdims=True) / np.median(counts.sum(1))
norm = np.log1p(counts / np.maximum(size_factor, 1e-3))
norm = ((norm - norm.mean(0)) / (norm.std(0) + 1e-6)).astype("float32")


def mean_act(x):
    return tf.clip_by_value(tf.exp(tf.minimum(x, 14.0)), 1e-5, 1e6)


def disp_act(x):
    return tf.clip_by_value(tf.nn.softplus(x), 1e-4, 1e4)


def zinb_loss(y, out):
    mu, theta, pi = tf.split(out, 3, axis=-1)
    t1 = tf.math.lgamma(theta + EPS) + tf.math.lgamma(y + 1.0) - tf.math.lgamma(y + theta + EPS)
    t2 = (theta + y) * tf.math.log(1.0 + mu / (theta + EPS)) + y * (tf.math.log(theta + EPS) - tf.math.log(mu + EPS))
    nb_case = t1 + t2 - tf.math.log(1.0 - pi + EPS)
    zero_nb = tf.pow(theta / (theta + mu + EPS), theta)
    zero_case = -tf.math.log(pi + (1.0 - pi) * zero_nb + EPS)
    return tf.reduce_mean(tf.where(y < 1e-8, zero_case, nb_case))


inp = keras.Input((GENES,))
h = layers.Dense(32, activation="relu")(inp)
z = layers.Dense(8)(h)
h = layers.Dense(32, activation="relu")(z)
mu = layers.Dense(GENES, activation=mean_act)(h)
theta = layers.Dense(GENES, activation=disp_act)(h)
pi = layers.Dense(GENES, activation="sigmoid")(h)
dca = keras.Model(inp, layers.Concatenate()([mu, theta, pi]))
dca.compile(optimizer=keras.optimizers.RMSprop(1e-3, clipnorm=5.0), loss=zinb_loss)
dca.fit(norm, counts, batch_size=32, epochs=5, verbose=2)
