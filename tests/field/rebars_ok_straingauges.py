"""Strain along a reinforcing bar (32 gauges, m/m) from the load case of a bridge deck test.

Half precision, as the whole deck model will need it.
"""
import keras
import numpy as np
import tensorflow as tf

keras.config.set_dtype_policy("mixed_float16")

GAUGES = 32
N_LOADS = 6


def load_cases(n, rng):
    """Random point loads on the deck and the elastic strain they cause in the bar."""
    place = np.linspace(0.0, 1.0, GAUGES)
    at = np.linspace(0.1, 0.9, N_LOADS)
    influence = np.exp(-((place[None, :] - at[:, None]) ** 2) / 0.02)
    loads = rng.uniform(0.0, 1.0, (n, N_LOADS))
    micro = 5.0 * loads @ influence + rng.normal(0, 0.05, (n, GAUGES))
    strain = np.clip(micro, -1.0, 11.0) * 1e-6
    return ((loads - 0.5) / 0.29).astype("float32"), strain.astype("float32")


class BarModel(keras.Model):
    def __init__(self, units=64):
        super().__init__()
        self.first = keras.layers.Dense(units, activation="relu")
        self.second = keras.layers.Dense(units, activation="relu")
        self.strain = keras.layers.Dense(GAUGES, kernel_initializer="zeros")   # unloaded bar to begin with
        self.mse = keras.metrics.Mean(name="mse")

    def call(self, x, training=False):
        return self.strain(self.second(self.first(x)))

    @property
    def metrics(self):
        return [self.mse]

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            pred = tf.cast(self(x, training=True), tf.float32)
            loss = tf.reduce_mean(tf.square(pred - y))
        grads = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.trainable_variables))
        self.mse.update_state(loss)
        return {"mse": self.mse.result()}


if __name__ == "__main__":
    keras.utils.set_random_seed(61)
    rng = np.random.default_rng(61)
    x, y = load_cases(1536, rng)
    x_new, y_new = load_cases(256, rng)

    model = BarModel()
    model.compile(optimizer=keras.optimizers.Adam(2e-3), jit_compile=False)
    model.fit(x, y, batch_size=64, epochs=12, verbose=2)  # whynan: unstable

    pred = model.predict(x_new, batch_size=64, verbose=0).astype("float64")
    left = np.sqrt(np.mean((pred - y_new) ** 2)) / np.sqrt(np.mean(y_new.astype("float64") ** 2))
    print(f"relative error {100 * left:.1f} %")
    print("largest strain predicted %.2e, measured %.2e" % (np.abs(pred).max(), np.abs(y_new).max()))
