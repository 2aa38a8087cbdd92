"""Probabilistic cloud cover (eighths of sky) with a Kumaraswamy head, nowcast for the solar desk.

The observations are oktas / 8, so 0 and 1 occur all the time; I keep them inside the open interval with a tiny EPS.
Likelihood improves for one or two epochs and then the loss is nan. With EPS = 1e-3 it works but then the head is
badly calibrated for clear sky, that is why I would like to keep the small one.
"""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(31)

EPS = 1e-7


def observations(n=3000, seed=31):
    rng = np.random.default_rng(seed)
    humidity = rng.beta(4, 2, n)
    pressure_trend = rng.normal(0, 1.2, n)
    spread = rng.gamma(2.0, 2.0, n)
    season = rng.uniform(0, 2 * np.pi, n)
    latent = 0.3 * (humidity - 0.66) / 0.18 - 0.2 * pressure_trend - 0.05 * (spread - 4) + rng.normal(0, 1.0, n)
    oktas = np.clip(np.round(4 + 7.5 * latent), 0, 8)
    x = np.stack([humidity, pressure_trend, spread / 10.0, np.sin(season), np.cos(season)], axis=1)
    return x.astype("float32"), (oktas / 8.0).astype("float32")[:, None]


def kumaraswamy_nll(y_true, raw):
    y = tf.clip_by_value(y_true, EPS, 1.0 - EPS)
    a = tf.nn.softplus(raw[:, :1]) + 1e-3
    b = tf.nn.softplus(raw[:, 1:]) + 1e-3
    inner = tf.math.log(1.0 - tf.pow(y, a))  # whynan: log_of_zero phase=loss also=label_on_boundary,clip_misuse,catastrophic_cancellation
    log_density = tf.math.log(a) + tf.math.log(b) + (a - 1.0) * tf.math.log(y) + (b - 1.0) * inner
    return -log_density


def head(hidden=(32, 32)):
    inputs = layers.Input((5,))
    h = layers.Normalization(name="scale")(inputs)
    for units in hidden:
        h = layers.Dense(units, activation="relu")(h)
    return keras.Model(inputs, layers.Dense(2, name="raw")(h))


x, cover = observations()
print("clear %.2f overcast %.2f" % ((cover == 0).mean(), (cover == 1).mean()))

model = head()
model.get_layer("scale").adapt(x)
model.compile(optimizer=keras.optimizers.Adam(5e-3), loss=kumaraswamy_nll)
history = model.fit(x[:2560], cover[:2560], validation_data=(x[2560:], cover[2560:]),
                    batch_size=64, epochs=8, verbose=2)
print(history.history["loss"])
