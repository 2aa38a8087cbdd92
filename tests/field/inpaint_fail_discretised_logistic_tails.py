"""Predicts the lower half of a digit from the upper half, every pixel with a discretised logistic (as PixelCNN++).

The first loss that I print by hand is finite and plausible, also on the whole training set, but fit() shows nan.
The likelihood chooses the stable density formula wherever the bin has hardly any mass, so the log can not be the reason.
"""
import math

import tensorflow as tf
import keras
from keras import layers
from sklearn.datasets import load_digits

keras.utils.set_random_seed(3)

STEP = 2.0 / 16.0  # seventeen grey levels between -1 and 1


def logistic_nll(y_true, params):
    mean, log_scale = tf.split(params, 2, axis=-1)
    log_scale = tf.maximum(log_scale, -7.0)
    inverse = tf.exp(-log_scale)
    centred = y_true - mean

    upper = inverse * (centred + STEP / 2)
    lower = inverse * (centred - STEP / 2)
    mass = tf.sigmoid(upper) - tf.sigmoid(lower)

    log_cdf_upper = upper - tf.nn.softplus(upper)  # everything below the first edge
    log_survival = -tf.nn.softplus(lower)  # everything above the last edge
    middle = inverse * centred
    log_density = middle - log_scale - 2.0 * tf.nn.softplus(middle) + math.log(STEP)

    inner = tf.where(mass > 1e-5, tf.math.log(mass), log_density)  # whynan: where_gradient_trap phase=gradient also=log_of_zero
    log_prob = tf.where(y_true < -0.999, log_cdf_upper, tf.where(y_true > 0.999, log_survival, inner))
    return -tf.reduce_sum(log_prob, axis=-1)


def bits_per_pixel(y_true, params):
    return logistic_nll(y_true, params) / (32.0 * math.log(2.0))


images = (load_digits().images / 8.0 - 1.0).astype("float32")
upper_half = images[:, :4].reshape(len(images), 32)
lower_half = images[:, 4:].reshape(len(images), 32)

given = keras.Input((32,), name="upper_half")
h = layers.Dense(128, activation="gelu")(given)
h = layers.LayerNormalization()(h)
h = layers.Dense(128, activation="gelu")(h)
mean = layers.Dense(32, name="mean")(h)
# wide logistics gave washed out pictures, therefore start sharper
log_scale = layers.Dense(32, bias_initializer=keras.initializers.Constant(-2.0), name="log_scale")(h)
model = keras.Model(given, layers.Concatenate()([mean, log_scale]))

before = tf.reduce_mean(logistic_nll(lower_half, model(upper_half)))
print("negative log-likelihood before training:", float(before))

model.compile(
    optimizer=keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(2e-3, 200)),
    loss=logistic_nll,
    metrics=[bits_per_pixel],
)
model.fit(upper_half, lower_half, batch_size=64, epochs=4, verbose=2)
