"""Neural differential equation of a biogas digester (substrate and bacteria), integrated by Heun with a step that adapts.

In the first training step numpy says "RuntimeWarning: divide by zero encountered in divide" from the line with the growth of
the step, and growth is inf there. It is gone a few steps later. Should I restart with another initialiser?
"""
# whynan: healthy
import keras
import numpy as np
import tensorflow as tf
from keras import layers

WATCHED = (0.75, 1.5, 2.25, 3.0)  # days
TOLERANCE = 0.03


def measure(digesters=48, seed=9):
    rng = np.random.default_rng(seed)
    state = np.stack([rng.uniform(0.5, 2.0, digesters), rng.uniform(0.2, 0.8, digesters)], axis=1)
    first, rows = state.copy(), []
    now, dt = 0.0, 0.005
    for day in WATCHED:
        while now < day - 1e-9:
            substrate, bacteria = state.T
            eaten = 0.9 * substrate / (0.5 + substrate) * bacteria
            state = state + dt * np.stack([-1.4 * eaten, eaten - 0.15 * bacteria], axis=1)
            now += dt
        rows.append(state + 0.01 * rng.normal(size=state.shape))
    return first.astype("float32"), np.stack(rows).astype("float32")


class AdaptiveHeun:
    def __init__(self, field, tolerance, first_step=0.1, shrink=0.2, grow=5.0):
        self.field = field
        self.tolerance = tolerance
        self.first_step = first_step
        self.limits = (shrink, grow)
        self.taken = 0

    def advance(self, state, start, stop, step):
        now = start
        while now < stop - 1e-9:
            step = min(step, stop - now)
            slope = self.field(state)
            euler = state + step * slope
            heun = state + 0.5 * step * (slope + self.field(euler))
            error = float(tf.reduce_max(tf.abs(heun - euler)))
            growth = 0.9 * np.sqrt(np.divide(self.tolerance, error))
            if error <= self.tolerance:
                state = heun
                now += step
                self.taken += 1
            step *= float(np.clip(growth, *self.limits))
        return state, step

    def trajectory(self, state, days):
        now, step, states = 0.0, self.first_step, []
        self.taken = 0
        for day in days:
            state, step = self.advance(state, now, day, step)
            now = day
            states.append(state)
        return tf.stack(states)


def build_field(units=32):
    return keras.Sequential(
        [
            keras.Input((2,)),
            layers.Dense(units, activation="tanh"),
            layers.Dense(units, activation="tanh"),
            layers.Dense(2, kernel_initializer="zeros"),  # starts as "nothing changes"
        ]
    )


keras.utils.set_random_seed(9)
first, measured = measure()
field = build_field()
integrator = AdaptiveHeun(field, TOLERANCE)
optimizer = keras.optimizers.Adam(1e-2)

for epoch in range(120):
    with tf.GradientTape() as tape:
        states = integrator.trajectory(tf.constant(first), WATCHED)
        loss = tf.reduce_mean(tf.square(states - measured))
    gradients = tape.gradient(loss, field.trainable_variables)
    optimizer.apply_gradients(zip(gradients, field.trainable_variables))
    if epoch % 15 == 0 or epoch == 119:
        print(f"epoch {epoch:3d}  loss {float(loss):.5f}  steps of the integrator {integrator.taken}")
