# Home-made normalisation for barometer readings (Pa). One-pass formula so that I only have to walk the batch once.
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(17)
rng = np.random.default_rng(17)


class FastBatchNorm(keras.layers.Layer):
    def __init__(self, epsilon=1e-3, **kwargs):
        super().__init__(**kwargs)
        self.epsilon = epsilon

    def build(self, shape):
        self.gamma = self.add_weight(shape=(shape[-1],), initializer="ones", name="gamma")
        self.beta = self.add_weight(shape=(shape[-1],), initializer="zeros", name="beta")

    def call(self, x):
        m1 = tf.reduce_mean(x, axis=0)
        m2 = tf.reduce_mean(x * x, axis=0)
        var = m2 - m1 * m1
        std = tf.sqrt(var + self.epsilon)  # whynan: catastrophic_cancellation phase=forward also=sqrt_of_negative
        return self.gamma * (x - m1) / std + self.beta


stations = 24
base = rng.uniform(95_000.0, 102_500.0, size=(1, stations))  # altitude of the station
pressure = (base + rng.normal(0, 0.4, size=(640, stations))).astype("float32")
tendency = rng.normal(size=(640, 1)).astype("float32")

model = keras.Sequential(
    [
        keras.Input((stations,)),
        FastBatchNorm(),
        keras.layers.Dense(16),
        keras.layers.LeakyReLU(),
        keras.layers.Dense(1),
    ]
)
model.compile(optimizer="adam", loss="mse")
model.fit(pressure, tendency, batch_size=32, epochs=2, verbose=2)
