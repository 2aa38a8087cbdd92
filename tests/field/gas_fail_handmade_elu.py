"""Carbon monoxide from three cheap gas sensors on an Arduino (readings straight from the 10-bit converter).

Our course asks to write the activation functions ourselves. tanh and leaky relu train; with "elu" the first batch
has a normal loss and afterwards every weight is nan.
"""
from dataclasses import dataclass

import keras
import numpy as np
import pandas as pd
import tensorflow as tf


def leaky(x, slope=0.1):
    return tf.maximum(x, slope * x)


def elu(x, alpha=1.0):
    return tf.where(x > 0.0, x, alpha * (tf.exp(x) - 1.0))  # whynan: where_gradient_trap phase=gradient also=exp_overflow,unscaled_input


ACTIVATIONS = {"tanh": tf.tanh, "leaky": leaky, "elu": elu}


@dataclass
class Settings:
    activation: str = "elu"
    hidden: tuple = (64, 32)
    learning_rate: float = 1e-3
    epochs: int = 6


def read_log(n=1500, seed=11):
    rng = np.random.default_rng(seed)
    co = rng.gamma(2.0, 6.0, n)
    frame = pd.DataFrame({
        "mq7": np.clip(180 + 14 * co + rng.normal(0, 15, n), 0, 1023).round(),
        "mq135": np.clip(320 + 6 * co + rng.normal(0, 25, n), 0, 1023).round(),
        "mq3": np.clip(410 + rng.normal(0, 40, n), 0, 1023).round(),
        "temperature": rng.normal(21, 4, n).round(1),
        "humidity": rng.uniform(30, 80, n).round(1),
        "co_ppm": co,
    })
    return frame


def build(settings, n_features):
    x = inputs = keras.Input((n_features,))
    for units in settings.hidden:
        x = keras.layers.Dense(units, activation=ACTIVATIONS[settings.activation])(x)
    return keras.Model(inputs, keras.layers.Dense(1)(x))


if __name__ == "__main__":
    keras.utils.set_random_seed(11)
    settings = Settings()
    log = read_log()
    y = log.pop("co_ppm").to_numpy("float32")[:, None]
    x = log.to_numpy("float32")
    model = build(settings, x.shape[1])
    model.compile(keras.optimizers.Adam(settings.learning_rate), loss="mse", jit_compile=False)
    model.fit(x, y, batch_size=32, epochs=settings.epochs, verbose=2)
