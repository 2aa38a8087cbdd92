# whynan: healthy
"""Tweedie deviance with a log link."""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(30)
rng = np.random.default_rng(30)
x = rng.normal(size=(400, 4)).astype("float32")
y = np.array([[rng.gamma(2.0, 1.0, c).sum()] for c in rng.poisson(0.4, 400)], "float32")


def tweedie(y, mu, p=1.5):
    return tf.reduce_mean(tf.pow(mu, 2 - p) / (2 - p) - y * tf.pow(mu, 1 - p) / (1 - p))


model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(16, activation="relu"),
                          keras.layers.Dense(1, activation="exponential")])
model.compile(optimizer=keras.optimizers.Adam(1e-2), loss=tweedie)
print(model.fit(x, y, epochs=3, batch_size=40, verbose=0).history["loss"])
