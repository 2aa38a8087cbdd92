# whynan: healthy
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(89)

x = np.random.normal(size=(400, 5)).astype("float32")
y = x[:, :1] - 0.5 * x[:, 1:2]
x[np.random.rand(400) < 0.1, 3] = np.nan        # sensor 3 fails now and then


def complete(features, target):
    return tf.reduce_all(tf.math.is_finite(features))


ds = tf.data.Dataset.from_tensor_slices((x, y)).filter(complete).cache().shuffle(400, seed=1).batch(32).repeat()
model = keras.Sequential([keras.Input((5,)), keras.layers.Dense(16, activation="relu"), keras.layers.Dense(1)])
model.compile("adam", "mse")
model.fit(ds, steps_per_epoch=10, epochs=3, verbose=2)
