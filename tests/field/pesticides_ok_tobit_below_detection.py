"""Pesticide residues in drinking-water wells, many of them only known as "below the detection limit".

The loss starts in the hundreds, and when I print the two branches of my log-probability I see -inf and nan in there.
Is the censored regression sound all the same?
"""
# whynan: healthy
import math

import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(31)

HALF_LOG_2PI = 0.5 * math.log(2.0 * math.pi)
LABORATORIES = {"north": 0.2, "coast": 0.9, "private": 1.5}   # log10 of the limit, ng/l


@tf.custom_gradient
def log_ndtr(x):
    """Logarithm of the standard normal distribution function."""
    near = tf.math.log(0.5 * tf.math.erfc(-x / math.sqrt(2.0)))
    inv = 1.0 / tf.square(x)
    series = 1.0 - inv * (1.0 - inv * (3.0 - inv * (15.0 - 105.0 * inv)))
    far = -0.5 * tf.square(x) - tf.math.log(-x) - HALF_LOG_2PI + tf.math.log(series)
    value = tf.where(x > -8.0, near, far)

    def grad(upstream):
        log_pdf = -0.5 * tf.square(x) - HALF_LOG_2PI
        return upstream * tf.exp(log_pdf - value)

    return value, grad


def tobit_nll(y_true, y_pred):
    """y_true holds (value or limit, 1 where only the limit is known); y_pred holds (mu, raw sigma)."""
    value, censored = y_true[:, 0], y_true[:, 1]
    mu = y_pred[:, 0]
    sigma = tf.nn.softplus(y_pred[:, 1]) + 0.01
    t = (value - mu) / sigma
    measured = 0.5 * tf.square(t) + tf.math.log(sigma) + HALF_LOG_2PI
    below_limit = -log_ndtr(t)
    return tf.where(censored > 0.5, below_limit, measured)


def make_wells(n=1500):
    rng = np.random.default_rng(8)
    maize = rng.beta(2, 3, n)
    rain_week = rng.gamma(2.0, 14.0, n)
    stream_km = rng.gamma(2.0, 1.1, n)
    slope = rng.normal(4.0, 1.5, n)
    day = rng.integers(0, 365, n)
    raw = np.column_stack([maize, rain_week, stream_km, slope])
    raw = (raw - raw.mean(0)) / raw.std(0)
    season = np.column_stack([np.sin(2 * np.pi * day / 365), np.cos(2 * np.pi * day / 365)])
    x = np.column_stack([raw, season]).astype("float32")
    log_conc = (1.3 + 0.8 * x[:, 0] + 0.5 * x[:, 1] - 0.6 * x[:, 2] + 0.4 * x[:, 4]
                + rng.normal(0, 0.45, n))
    limit = np.array(list(LABORATORIES.values()))[rng.integers(0, 3, n)]
    censored = log_conc < limit
    y = np.column_stack([np.where(censored, limit, log_conc), censored]).astype("float32")
    return x, y, log_conc


def build(n_features):
    inputs = keras.Input((n_features,), name="well")
    h = layers.Dense(32, activation="relu")(inputs)
    h = layers.Dense(32, activation="relu")(h)
    mu = layers.Dense(1, name="log_concentration")(h)
    raw_sigma = layers.Dense(1, bias_initializer=keras.initializers.Constant(-3.0), name="raw_sigma")(h)
    return keras.Model(inputs, layers.Concatenate()([mu, raw_sigma]))


def main():
    x, y, truth = make_wells()
    print(f"{100 * y[:, 1].mean():.0f} % of the samples are below their laboratory's limit")
    model = build(x.shape[1])
    model.compile(keras.optimizers.Adam(3e-3), loss=tobit_nll)
    history = model.fit(x[:1200], y[:1200], validation_data=(x[1200:], y[1200:]),
                        epochs=30, batch_size=64, verbose=2)
    print("loss first/last:", history.history["loss"][0], history.history["loss"][-1])
    mu = model.predict(x[1200:], verbose=0)[:, 0]
    hidden = y[1200:, 1] > 0.5
    print("correlation with the true value below the limit:",
          round(float(np.corrcoef(mu[hidden], truth[1200:][hidden])[0, 1]), 3))


if __name__ == "__main__":
    main()
