import keras
import numpy as np
import tensorflow as tf
from keras import layers

devices = tf.config.list_physical_devices("CPU")
tf.config.set_logical_device_configuration(devices[0], [tf.config.LogicalDeviceConfiguration()] * 2)
keras.utils.set_random_seed(132)


class StdPool(layers.Layer):
    """Mean and spread over time, as in x-vector speaker nets."""

    def call(self, x):
        mean = tf.reduce_mean(x, axis=1)
        std = tf.sqrt(tf.reduce_mean(tf.square(x - mean[:, None]), axis=1))  # whynan: sqrt_grad_at_zero phase=gradient rows=70 also=std_grad_at_zero
        return tf.concat([mean, std], axis=-1)


strategy = tf.distribute.MirroredStrategy(devices=["/cpu:0", "/cpu:1"])
with strategy.scope():
    inp = keras.Input((10, 4))
    h = layers.Dense(12, activation="relu")(inp)
    net = keras.Model(inp, layers.Dense(3)(StdPool()(h)))
    net.compile(keras.optimizers.Adam(1e-3), keras.losses.SparseCategoricalCrossentropy(from_logits=True))

speech = np.random.normal(size=(128, 10, 4)).astype("float32")
speech[70] = 0.0                                   # muted microphone
speaker = np.random.randint(0, 3, 128)
h = net.fit(speech, speaker, batch_size=32, epochs=2, verbose=0)
print(h.history["loss"], [bool(np.isnan(w).any()) for w in net.get_weights()])
