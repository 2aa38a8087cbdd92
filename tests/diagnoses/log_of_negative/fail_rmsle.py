"""Kaggle-style bike demand with RMSLE as the loss."""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(21)
rng = np.random.default_rng(21)
weather = rng.normal(size=(500, 8)).astype("float32")
demand = rng.poisson(np.exp(1.0 + 0.4 * weather[:, 0])).astype("float32")


def rmsle(y_true, y_pred):
    diff = tf.math.log(1.0 + y_pred) - tf.math.log(1.0 + y_true)  # whynan: log_of_negative phase=loss also=wrong_loss_for_activation
    return tf.sqrt(tf.reduce_mean(tf.square(diff)) + 1e-12)


model = keras.Sequential()
model.add(keras.Input((8,)))
model.add(keras.layers.Dense(64, activation="relu"))
model.add(keras.layers.Dense(64, activation="relu"))
model.add(keras.layers.Dense(1, kernel_initializer=keras.initializers.RandomNormal(stddev=0.5)))
model.compile(optimizer="rmsprop", loss=rmsle)
history = model.fit(weather, demand, epochs=3, batch_size=50, verbose=0)
for e, l in enumerate(history.history["loss"]):
    print("epoch", e, "rmsle", l)
