"""Daily rain over the rice paddies as a whole distribution, for the water gates.

The network gives shape and scale of a gamma distribution and the score compares its distribution function with the
observed rain at a grid of amounts. It trains nicely for a while (the score falls every epoch) and then, within one
batch, all weights are nan. The score printed just before is finite and lower than ever. Smaller learning rates only
move the moment.
"""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(19)

LEVELS = tf.constant(np.arange(0.0, 61.0, 1.5, dtype="float32")[None, :])  # mm, the amounts the gates distinguish
STEP = 1.5


def rain_record(days=640, seed=31):
    rng = np.random.default_rng(seed)
    day = np.arange(days)
    season = np.stack([np.sin(2 * np.pi * day / 365.25), np.cos(2 * np.pi * day / 365.25)], axis=1)
    humidity = rng.normal(0.0, 1.0, days)
    pressure = rng.normal(0.0, 1.0, days)
    scale = np.exp(2.0 + 0.5 * season[:, 0] + 0.3 * humidity - 0.2 * pressure)
    rain = np.round(rng.gamma(0.5, scale), 1)
    return np.column_stack([season, humidity, pressure]).astype("float32"), rain[:, None].astype("float32")


def gate_network():
    inputs = keras.Input((4,))
    hidden = keras.layers.Dense(16, activation="tanh")(inputs)
    # start from the same bell-like distribution for every day
    raw = keras.layers.Dense(
        2, kernel_initializer="zeros", bias_initializer=keras.initializers.Constant(np.array([0.35, 1.4]))
    )(hidden)
    return keras.Model(inputs, raw, name="gates")


def grid_score(rain, raw):
    """Integral of (F(level) - [rain <= level])^2 over the levels; both parameters are kept in a sane range."""
    shape = tf.exp(tf.clip_by_value(raw[:, :1], -3.0, 3.0))
    scale = tf.exp(tf.clip_by_value(raw[:, 1:], -3.0, 5.0))
    below = tf.math.igamma(shape, LEVELS / scale)  # whynan: pow_grad_at_zero phase=gradient also=log_of_zero
    reached = tf.cast(rain <= LEVELS, tf.float32)
    return tf.reduce_mean(STEP * tf.reduce_sum(tf.square(below - reached), axis=1))


class Trainer:
    def __init__(self, network, rate):
        self.network = network
        self.optimizer = keras.optimizers.Adam(rate)
        self.optimizer.build(network.trainable_variables)

    @tf.function
    def step(self, features, rain):
        with tf.GradientTape() as tape:
            score = grid_score(rain, self.network(features, training=True))
        gradients = tape.gradient(score, self.network.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.network.trainable_variables))
        return score

    def run(self, data, epochs):
        for epoch in range(epochs):
            scores = [float(self.step(features, rain)) for features, rain in data]
            typical = np.exp(self.network.layers[-1].bias.numpy())
            print(
                f"epoch {epoch:2d}  score {np.mean(scores):.4f}  last batch {scores[-1]:.4f}"
                f"  typical shape {typical[0]:.2f}  scale {typical[1]:.2f}"
            )


features, rain = rain_record()
data = tf.data.Dataset.from_tensor_slices((features, rain)).shuffle(640, seed=2).batch(32, drop_remainder=True)
Trainer(gate_network(), rate=5e-3).run(data, epochs=24)
