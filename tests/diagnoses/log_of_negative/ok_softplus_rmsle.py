# whynan: healthy
"""RMSLE with an output that cannot fall below zero."""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(21)
rng = np.random.default_rng(21)
weather = rng.normal(size=(500, 8)).astype("float32")
demand = rng.poisson(np.exp(1.0 + 0.4 * weather[:, :1])).astype("float32")


def rmsle(y_true, y_pred):
    diff = tf.math.log(1.0 + y_pred) - tf.math.log(1.0 + y_true)
    return tf.sqrt(tf.reduce_mean(tf.square(diff)) + 1e-12)


model = keras.Sequential([
    keras.Input((8,)),
    keras.layers.Dense(64, activation="relu"),
    keras.layers.Dense(1, activation="softplus"),
])
model.compile(optimizer="rmsprop", loss=rmsle)
print(model.fit(weather, demand, epochs=3, batch_size=50, verbose=0).history["loss"])
