# whynan: healthy
"""The same head with softplus plus a floor."""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(38)
rng = np.random.default_rng(38)
x = rng.uniform(-3, 3, (300, 1)).astype("float32")
y = (np.sin(x) + (0.05 + 0.1 * np.abs(x)) * rng.normal(size=x.shape)).astype("float32")


def gaussian_nll(y_true, out):
    mean, sigma = out[:, :1], tf.nn.softplus(out[:, 1:]) + 1e-3
    return tf.reduce_mean(tf.math.log(sigma) + 0.5 * tf.square((y_true - mean) / sigma))


model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(32, activation="relu"), keras.layers.Dense(2)])
model.compile(optimizer=keras.optimizers.Adam(0.01), loss=gaussian_nll)
print(model.fit(x, y, batch_size=50, epochs=6, verbose=0).history["loss"])
