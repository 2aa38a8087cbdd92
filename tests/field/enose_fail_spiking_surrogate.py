"""Spiking network on an electronic nose (eight slow metal oxide sensors), surrogate gradient training.

The loss looks ordinary all the time, it only does not move any more after the first batches and the
network predicts the same gas for everything. When I saved the model I saw that the input weights are nan.
"""
import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(40)

SLOPE = 25.0
THRESHOLD = 1.0
GASES = ["ethanol", "acetone", "ammonia", "toluene"]


@tf.custom_gradient
def fire(u):
    def surrogate(upstream):
        return upstream * SLOPE * tf.exp(-SLOPE * u) / tf.square(tf.exp(-SLOPE * u) + 1.0)  # whynan: exp_overflow phase=gradient also=wrong_custom_gradient

    return tf.cast(u > 0.0, tf.float32), surrogate


class LeakyIntegrateFire(layers.Layer):
    """Membranes with leak and soft reset; returns the spike counts over the whole recording."""

    def __init__(self, units, leak=0.95, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.leak = leak

    def build(self, input_shape):
        self.kernel = self.add_weight(name="kernel", shape=(input_shape[-1], self.units),
                                      initializer="glorot_uniform")

    def call(self, inputs):
        current = tf.einsum("btc,cu->btu", inputs, self.kernel)
        membrane = tf.zeros_like(current[:, 0])
        count = tf.zeros_like(membrane)
        for t in range(inputs.shape[1]):
            membrane = self.leak * membrane + current[:, t]
            spikes = fire(membrane - THRESHOLD)
            membrane = membrane - THRESHOLD * spikes
            count = count + spikes
        return count

    def compute_output_shape(self, input_shape):
        return (input_shape[0], self.units)


def recordings(n=320, steps=20, sensors=8):
    rng = np.random.default_rng(14)
    gas = rng.integers(0, len(GASES), n)
    profile = rng.lognormal(0.0, 0.6, (len(GASES), sensors))
    concentration = rng.uniform(0.5, 2.0, n)
    rise = 1.0 - np.exp(-np.arange(steps) / 6.0)
    response = profile[gas][:, None, :] * concentration[:, None, None] * rise[None, :, None]
    response += rng.normal(0, 0.05, response.shape)
    drift = rng.normal(0, 0.2, (n, 1, sensors))
    signal = (response + drift - response.mean(axis=(0, 1))) / response.std(axis=(0, 1))
    return signal.astype("float32"), gas


class Weights(keras.callbacks.Callback):
    def on_train_end(self, logs=None):
        kernel = self.model.get_layer("lif").get_weights()[0]
        print("input weights, mean absolute value:", np.abs(kernel).mean())


signal, gas = recordings()
model = keras.Sequential([
    keras.Input(signal.shape[1:]),
    LeakyIntegrateFire(32, name="lif"),
    layers.Dense(len(GASES), activation="softmax"),
])
model.compile(optimizer=keras.optimizers.Adam(2e-3), loss="sparse_categorical_crossentropy",
              metrics=["accuracy"], jit_compile=False)
model.fit(signal, gas, batch_size=32, epochs=4, callbacks=[Weights()], verbose=2)
