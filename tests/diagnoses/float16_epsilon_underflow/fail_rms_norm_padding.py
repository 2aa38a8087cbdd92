"""Small sequence model with RMS normalisation. Padded steps are zero vectors."""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(92)
keras.config.set_dtype_policy("mixed_float16")


class RMSNorm(keras.layers.Layer):
    epsilon = 1e-8

    def build(self, shape):
        self.gain = self.add_weight(shape=(shape[-1],), initializer="ones", name="gain")

    def call(self, x):
        power = tf.reduce_mean(tf.square(x), axis=-1, keepdims=True)
        return x * tf.math.rsqrt(power + self.epsilon) * self.gain  # whynan: float16_epsilon_underflow phase=forward also=divide_by_zero


rng = np.random.default_rng(92)
signal = rng.normal(size=(150, 10, 6)).astype("float32")
for row in signal:
    row[rng.integers(4, 11):] = 0.0
kind = (signal[:, :, 0].sum(1) > 0).astype("int32")

model = keras.Sequential([
    keras.Input((10, 6)),
    RMSNorm(),
    keras.layers.Conv1D(8, 3, activation="gelu"),
    keras.layers.GlobalMaxPooling1D(),
    keras.layers.Dense(2, dtype="float32"),
])
model.compile(keras.optimizers.Adam(0.003), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
model.fit(signal, kind, epochs=3, batch_size=25, verbose=2)
