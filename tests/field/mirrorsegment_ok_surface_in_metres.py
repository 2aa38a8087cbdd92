"""Surface error of a telescope mirror segment from its thermocouples, in SI units as our interface control demands.

Gradient norm 1e-12, loss 1e-12 and lower: the classical vanishing gradient, I think, and everything that I print with
four decimals is 0.0000 from the first step on. My supervisor says the network cannot have learnt anything.
"""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(30)

MICROMETRE = 1e-6


def test_chamber(n, seed):
    rng = np.random.default_rng(seed)
    mean = rng.normal(0.0, 1.0, (n, 1))
    sensors = 0.6 * mean + rng.normal(0.0, 0.8, (n, 9))          # standardised temperatures, 3 x 3 on the back
    across = sensors[:, [2, 5, 8]].mean(axis=1) - sensors[:, [0, 3, 6]].mean(axis=1)
    bowl = sensors[:, 4] - sensors[:, [1, 3, 5, 7]].mean(axis=1)
    error = 0.9 * bowl + 0.5 * across + 0.35 * np.tanh(across * bowl)
    error += rng.normal(0.0, 0.05, n)
    return sensors.astype("float32"), (error * MICROMETRE).astype("float32")[:, None]


class Metres(keras.layers.Layer):
    def call(self, micrometres):
        return micrometres * MICROMETRE


def make_network():
    return keras.Sequential([
        keras.Input((9,)),
        keras.layers.Dense(32, activation="tanh"),
        keras.layers.Dense(32, activation="tanh"),
        keras.layers.Dense(1),
        Metres(),
    ])


class Trainer:
    def __init__(self, network, rate=4e-3):
        self.network = network
        # the usual 1e-7 is as long as a quarter of a wave of light here
        self.optimizer = keras.optimizers.Adam(learning_rate=rate, epsilon=1e-16)

    def step(self, sensors, surface):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(self.network(sensors, training=True) - surface))
        weights = self.network.trainable_variables
        gradients = tape.gradient(loss, weights)
        self.optimizer.apply_gradients(zip(gradients, weights))
        return float(loss), max(float(tf.reduce_max(tf.abs(g))) for g in gradients)

    def run(self, data, epochs):
        for epoch in range(epochs):
            record = np.array([self.step(sensors, surface) for sensors, surface in data])
            print(f"epoch {epoch:2d}  loss {record[:, 0].mean():.4f} ({record[:, 0].mean():.2e})  "
                  f"largest gradient {record[:, 1].max():.1e}")


if __name__ == "__main__":
    sensors, surface = test_chamber(2000, seed=1)
    data = tf.data.Dataset.from_tensor_slices((sensors, surface)).shuffle(2000, seed=2).batch(50)
    network = make_network()
    Trainer(network).run(data, epochs=10)

    sensors_new, surface_new = test_chamber(500, seed=3)
    left = surface_new - network(sensors_new).numpy()
    print(f"new segments: {1e9 * surface_new.std():.0f} nm before, {1e9 * left.std():.0f} nm after correction")
    # whynan: healthy
