# whynan: healthy
import numpy as np
import tensorflow as tf
from tensorflow import keras

keras.utils.set_random_seed(3)


def soft_target_kl(t, logits):
    entropy = tf.where(t > 0, t * tf.math.log(t), 0.0)       # targets carry no gradient
    return tf.reduce_sum(entropy - t * tf.nn.log_softmax(logits), axis=-1)


x = np.random.normal(size=(240, 6)).astype("float32")
t = np.eye(4, dtype="float32")[np.abs(x).argmax(axis=1) % 4]
t[::2] = 0.9 * t[::2] + 0.025

model = keras.Sequential([keras.Input((6,)), keras.layers.Dense(24, activation="relu"), keras.layers.Dense(4)])
model.compile("adam", soft_target_kl)
model.fit(x, t, epochs=4, verbose=2)
