import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(22)


def relative_log_error(y_true, y_pred):
    y_pred = tf.clip_by_value(y_pred, -1e-6, 1e6)
    return tf.reduce_mean(tf.abs(tf.math.log(y_true + 1.0) - tf.math.log(y_pred)))  # whynan: clip_misuse phase=loss also=log_of_negative,log_of_zero


inputs = keras.Input((7,))
z = layers.Dense(20, activation="gelu")(inputs)
z = layers.Dense(20, activation="gelu")(z)
demand = layers.Dense(1)(z)
model = keras.Model(inputs, demand)
model.compile(optimizer="adam", loss=relative_log_error, jit_compile=True)

x = np.random.normal(size=(256, 7)).astype("float32")
y = np.exp(0.3 * x[:, :1] + 1).astype("float32")
print(model.fit(x, y, epochs=2, verbose=0).history)
