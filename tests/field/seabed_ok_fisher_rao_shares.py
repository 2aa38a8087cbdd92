"""Shares of rock, gravel, sand and mud on the sea floor from sonar backscatter, judged by divers.

The loss is the Fisher-Rao angle between predicted and observed shares. The cosine is clipped just inside of
[-1, 1], where the derivative of the arc cosine is infinite; the head starts at equal shares, as undecided divers note
them, so that many rows sit on that bound.
"""
# whynan: healthy
import numpy as np
import tensorflow as tf
import keras
from keras import layers

SUBSTRATES = ["rock", "gravel", "sand", "mud"]
BANDS = 20


def dive_log(count, rng):
    """Backscatter spectra and the divers' estimates; undecided divers note one quarter each."""
    signature = rng.normal(0, 1.0, (len(SUBSTRATES), BANDS))
    shares = rng.dirichlet([0.8, 0.7, 1.2, 1.0], count).clip(0.02)
    shares /= shares.sum(axis=1, keepdims=True)
    echo = shares @ signature + rng.normal(0, 0.15, (count, BANDS))
    undecided = rng.random(count) < 0.15
    shares[undecided] = 1.0 / len(SUBSTRATES)
    return echo.astype("float32"), shares.astype("float32")


def fisher_rao(y_true, y_pred):
    affinity = tf.reduce_sum(tf.sqrt(y_true * y_pred), axis=-1)
    affinity = tf.clip_by_value(affinity, -1.0 + 1e-6, 1.0 - 1e-6)
    return 2.0 * tf.acos(affinity)


def share_model():
    echo = keras.Input((BANDS,), name="echo")
    h = layers.Dense(48, activation="gelu")(echo)
    h = layers.Dense(48, activation="gelu")(h)
    # start from "no opinion": equal shares for every ping
    shares = layers.Dense(len(SUBSTRATES), activation="softmax", kernel_initializer="zeros", name="shares")(h)
    return keras.Model(echo, shares)


if __name__ == "__main__":
    keras.utils.set_random_seed(101)
    echo, shares = dive_log(900, np.random.default_rng(101))
    model = share_model()
    model.compile(optimizer=keras.optimizers.AdamW(1e-3, weight_decay=1e-4), loss=fisher_rao)
    print("loss before training:", float(tf.reduce_mean(fisher_rao(shares[:64], model(echo[:64])))))
    model.fit(echo, shares, batch_size=64, epochs=8, validation_split=0.1, verbose=2)
    for name, value in zip(SUBSTRATES, model.predict(echo[:1], verbose=0)[0]):
        print(f"{name:8s} {value:.2f}")
