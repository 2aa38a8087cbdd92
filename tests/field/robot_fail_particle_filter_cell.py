"""End-to-end localisation in a corridor: an RNN cell that is a particle filter.

Wheel odometry is biased, the network learns the motion model; the laser range to the end wall weighs the particles.
"""
import keras
import numpy as np
from keras import layers, ops

keras.utils.set_random_seed(17)

CONFIG = {
    "corridor_m": 10.0,
    "particles": 96,
    "laser_sigma_m": 0.02,  # data sheet of the range finder
    "steps": 15,
    "batch": 32,
}


def drive(n, steps, seed=0):
    """Odometry counts (biased, scale unknown), laser ranges and the true final position."""
    rng = np.random.default_rng(seed)
    start = rng.uniform(0.5, 3.0, size=(n, 1))
    speed = rng.uniform(0.2, 0.4, size=(n, steps))
    position = start + np.cumsum(speed, axis=1)
    odometry = 3.0 * speed + 0.4 + rng.normal(0, 0.02, speed.shape)
    laser = position + rng.normal(0, CONFIG["laser_sigma_m"], speed.shape)
    sequences = np.stack([odometry, laser], axis=-1).astype("float32")
    return sequences, position[:, -1:].astype("float32")


class SensorModel:
    def __init__(self, sigma):
        self.sigma = sigma

    def likelihood(self, measured, expected):
        z = (measured - expected) / self.sigma
        return ops.exp(-0.5 * ops.square(z))


def bayes_update(belief, likelihood):
    """posterior ~ prior * likelihood"""
    posterior = belief * likelihood
    return posterior / ops.sum(posterior, axis=-1, keepdims=True)  # whynan: exp_underflow phase=forward also=divide_by_zero


class ParticleFilterCell(layers.Layer):
    def __init__(self, particles, corridor, sensor, **kwargs):
        super().__init__(**kwargs)
        self.particles = particles
        self.corridor = corridor
        self.sensor = sensor
        self.state_size = [particles, particles]  # positions, belief
        self.output_size = 1

    def build(self, input_shape):
        self.motion = layers.Dense(1, kernel_initializer="zeros", name="motion_model")
        self.motion.build((None, 1))

    def get_initial_state(self, batch_size=None):
        grid = ops.linspace(0.0, self.corridor, self.particles)
        belief = ops.ones((batch_size, self.particles)) / self.particles
        positions = ops.ones_like(belief) * ops.cast(grid, "float32")
        return [positions, belief]

    def call(self, inputs, states):
        positions, belief = states
        odometry, laser = inputs[:, :1], inputs[:, 1:]
        positions = positions + self.motion(odometry)
        belief = bayes_update(belief, self.sensor.likelihood(laser, positions))
        estimate = ops.sum(belief * positions, axis=-1, keepdims=True)
        return estimate, [positions, belief]


def build_filter():
    sensor = SensorModel(CONFIG["laser_sigma_m"])
    cell = ParticleFilterCell(CONFIG["particles"], CONFIG["corridor_m"], sensor)
    sequence = keras.Input((CONFIG["steps"], 2))
    estimate = layers.RNN(cell, name="localiser")(sequence)
    return keras.Model(sequence, estimate)


sequences, final_position = drive(1024, CONFIG["steps"])
model = build_filter()
model.compile(optimizer=keras.optimizers.Adam(1e-2), loss="mse", metrics=["mae"])
model.fit(sequences, final_position, batch_size=CONFIG["batch"], epochs=2, verbose=2)
