"""Calibration of a gyroscope on the thigh: a recurrent cell integrates the turning rates, trained on camera angles.

Four seconds per window, start orientation known.  The learnt parameters (gain and offset of every axis) stay close to
1 and 0 for nine batches with a small loss, then the loss is nan and the gains are nan too.  Shortening the windows to
two and a half seconds makes the problem disappear, so I thought of exploding gradients, but clipnorm does not help.
"""
import keras
import numpy as np
from keras import layers, ops

keras.utils.set_random_seed(5150)

RATE_HZ = 25
DT = 1.0 / RATE_HZ
STEPS = 100
STANDS_UP = [151, 173, 190, 214]


class OrientationCell(layers.Layer):
    """State: rotation matrix from sensor to room, row by row.  Output: angle between thigh and vertical."""

    def __init__(self, dt, **kwargs):
        super().__init__(**kwargs)
        self.dt = dt
        self.state_size = 9
        self.output_size = 1

    def build(self, input_shape):
        self.gain = self.add_weight(name="gain", shape=(3,), initializer="ones")
        self.offset = self.add_weight(name="offset", shape=(3,), initializer="zeros")

    def call(self, rates, states):
        rotation = ops.reshape(states[0], (-1, 3, 3))
        turn = (rates * self.gain + self.offset) * self.dt
        x, y, z = turn[:, 0], turn[:, 1], turn[:, 2]
        nil = ops.zeros_like(x)
        cross = ops.reshape(ops.stack([nil, -z, y, z, nil, -x, -y, x, nil], axis=-1), (-1, 3, 3))
        rotation = rotation + ops.matmul(rotation, cross)
        angle = ops.arccos(rotation[:, 2, 2])  # whynan: acos_domain phase=forward rows=151,173,190,214
        return ops.expand_dims(angle, -1), [ops.reshape(rotation, (-1, 9))]


class ThighAngle(keras.Model):
    def __init__(self):
        super().__init__()
        self.track = layers.RNN(OrientationCell(DT), return_sequences=True)
        self.soft_tissue = layers.Dense(1, kernel_initializer="zeros")

    def call(self, inputs):
        angle = self.track(inputs["rates"], initial_state=[inputs["start"]])
        return angle + self.soft_tissue(inputs["rates"])


def recordings(count=224, seed=21):
    """A morning in the office in the order of time: mostly sitting, now and then somebody gets up."""
    rng = np.random.default_rng(seed)
    t = np.arange(STEPS + 1) * DT
    angle = np.empty((count, STEPS + 1))
    for i in range(count):
        seat = rng.uniform(1.38, 1.50)
        fidget = rng.uniform(0.03, 0.10) * np.sin(2 * np.pi * rng.uniform(0.2, 0.5) * t + rng.uniform(0, 6))
        up = 1.0 / (1.0 + np.exp(-(t - 2.8) / 0.12)) if i in STANDS_UP else np.zeros_like(t)
        angle[i] = (seat + fidget) * (1.0 - up) + 0.05 * up
    rates = rng.normal(0, 0.02, (count, STEPS, 3))
    rates[..., 0] += np.diff(angle, axis=1) / DT
    rates[..., 1] += 0.1 * np.sin(2 * np.pi * 0.6 * t[:-1])
    c, s = np.cos(angle[:, 0]), np.sin(angle[:, 0])
    nil, one = np.zeros(count), np.ones(count)
    start = np.stack([one, nil, nil, nil, c, -s, nil, s, c], axis=1)
    camera = angle[:, 1:] + rng.normal(0, 0.01, (count, STEPS))
    return {"rates": rates.astype("float32"), "start": start.astype("float32")}, camera[..., None].astype("float32")


inputs, camera = recordings()
model = ThighAngle()
model.compile(optimizer=keras.optimizers.Adam(1e-3, clipnorm=1.0), loss="mse", jit_compile=False)
for epoch in range(3):
    log = model.fit(inputs, camera, batch_size=16, epochs=1, shuffle=False, verbose=0)
    cell = model.track.cell
    print(f"epoch {epoch + 1}: loss {log.history['loss'][0]:.5f}  gain {cell.gain.numpy().round(4)}")
