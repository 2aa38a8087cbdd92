"""Heteroscedastic regression, the network gives mean and standard deviation."""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(38)
rng = np.random.default_rng(38)
x = rng.uniform(-3, 3, (300, 1)).astype("float32")
y = (np.sin(x) + (0.05 + 0.1 * np.abs(x)) * rng.normal(size=x.shape)).astype("float32")


def gaussian_nll(y_true, out):
    mean, sigma = out[:, :1], out[:, 1:]
    return tf.reduce_mean(tf.math.log(sigma) + 0.5 * tf.square((y_true - mean) / sigma))  # whynan: unconstrained_scale phase=loss also=log_of_negative,wrong_loss_for_activation


inp = keras.Input((1,))
h = keras.layers.Dense(32, activation="relu")(inp)
h = keras.layers.Dense(32, activation="relu")(h)
out = keras.layers.Dense(2)(h)
model = keras.Model(inp, out)
model.compile(optimizer=keras.optimizers.Adam(0.01), loss=gaussian_nll)
for epoch in range(6):
    print("epoch", epoch, "nll", model.fit(x, y, batch_size=50, verbose=0).history["loss"][0])
