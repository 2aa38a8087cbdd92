# whynan: healthy
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(93)
keras.config.set_dtype_policy("mixed_float16")


class RMSNorm(keras.layers.Layer):
    epsilon = 1e-3

    def call(self, x):
        power = tf.reduce_mean(tf.square(x), axis=-1, keepdims=True)
        return x * tf.math.rsqrt(power + self.epsilon)


rng = np.random.default_rng(93)
signal = rng.normal(size=(150, 10, 6)).astype("float32")
signal[:, 7:] = 0.0
signal[3] = 0.0
kind = (signal[:, :, 0].sum(1) > 0).astype("int32")
model = keras.Sequential([keras.Input((10, 6)), RMSNorm(), keras.layers.Conv1D(8, 3, activation="gelu"),
                          keras.layers.GlobalMaxPooling1D(), keras.layers.Dense(2, dtype="float32")])
model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
model.fit(signal, kind, epochs=4, batch_size=25, verbose=2)
