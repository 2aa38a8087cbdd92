"""Six chemostats with algae and rotifers, counted every twelve hours.  A small network
gives the rate of change, the two populations are integrated from a starting state that is
fitted as well because the first count is noisy like all the others.  Step 0 prints a
reasonable distance, every later step prints nan, clipping or not.
"""
from dataclasses import dataclass

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops


@dataclass
class Run:
    seed: int = 5
    tanks: int = 6
    counts: int = 28
    half_day: float = 0.5
    learning_rate: float = 4e-3
    steps: int = 40
    clip: float = 5.0


def counted_tanks(run):
    """Simulate algae (1e6/ml) and rotifers (10/ml), with counting error."""
    rng = np.random.default_rng(run.seed)
    state = np.column_stack([rng.uniform(0.8, 2.2, run.tanks), rng.uniform(0.3, 1.0, run.tanks)])
    fine, series = 20, []
    for i in range(run.counts * fine):
        if i % fine == 0:
            series.append(state * np.exp(rng.normal(0, 0.05, state.shape)))
        algae, rotifers = state[:, 0], state[:, 1]
        eaten = 1.3 * algae * rotifers / (0.6 + algae)
        growth = np.column_stack(
            [0.9 * algae * (1 - algae / 3.0) - eaten, 0.55 * eaten - 0.35 * rotifers]
        )
        state = np.maximum(state + run.half_day / fine * growth, 1e-3)
    return np.stack(series, axis=1).astype("float32")  # (tanks, counts, 2)


class Chemostats(layers.Layer):
    """Learned growth rates and learned starting states, integrated by Heun steps."""

    def __init__(self, tanks, half_day, **kwargs):
        super().__init__(**kwargs)
        self.half_day = half_day
        self.growth = keras.Sequential(
            [
                keras.Input((2,)),
                layers.Dense(24, activation="tanh"),
                layers.Dense(24, activation="tanh"),
                layers.Dense(2, kernel_initializer=keras.initializers.RandomNormal(stddev=0.05)),
            ]
        )
        self.start = self.add_weight(shape=(tanks, 2), initializer="zeros", name="start")

    def trajectory(self, counts):
        state = ops.convert_to_tensor(self.start)
        states = [state]
        for _ in range(counts - 1):
            slope = self.growth(state)
            ahead = self.growth(state + self.half_day * slope)
            state = state + 0.5 * self.half_day * (slope + ahead)
            states.append(state)
        return ops.stack(states, axis=1)


def fit(run):
    observed = tf.constant(counted_tanks(run))
    tanks = Chemostats(run.tanks, run.half_day)
    tanks.start.assign(observed[:, 0])
    variables = tanks.trainable_variables
    optimizer = keras.optimizers.Adam(run.learning_rate)
    optimizer.build(variables)

    @tf.function
    def step():
        with tf.GradientTape() as tape:
            path = tanks.trajectory(run.counts)
            distance = tf.norm(path - observed, axis=-1)  # whynan: norm_grad_at_zero phase=gradient also=sqrt_grad_at_zero
            loss = tf.reduce_mean(distance)
        grads = tape.gradient(loss, variables)
        grads, _ = tf.clip_by_global_norm(grads, run.clip)
        optimizer.apply_gradients(zip(grads, variables))
        return loss

    for i in range(run.steps):
        loss = step()
        if i % 5 == 0 or i < 3:
            print(f"step {i:3d}  mean distance {float(loss):.4f}")
    return tanks


if __name__ == "__main__":
    settings = Run()
    keras.utils.set_random_seed(settings.seed)
    fitted = fit(settings)
    print("fitted first states:\n", fitted.start.numpy())
