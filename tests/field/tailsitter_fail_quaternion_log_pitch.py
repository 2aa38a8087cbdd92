"""Attitude estimate of a tail-sitter drone (takes off standing on its tail) from raw inertial data.

The autopilot logs its own quaternion as int16; I turn it into roll and pitch in radians for the targets. The network
is tiny, inputs are standardised, Huber loss, low rate: the loss is nan in the first epoch anyway.
"""
import dataclasses

import numpy as np
import keras

keras.utils.set_random_seed(15)
Q15 = 32767


@dataclasses.dataclass
class Log:
    quaternion: np.ndarray      # int16, (n, 4), w x y z
    accelerometer: np.ndarray   # (n, 3), m/s^2
    gyroscope: np.ndarray       # (n, 3), rad/s
    airspeed: np.ndarray        # (n,), m/s


def euler_to_quaternion(roll, pitch, yaw):
    cr, sr, cp, sp, cy, sy = (f(v / 2) for v in (roll, pitch, yaw) for f in (np.cos, np.sin))
    return np.stack([cr * cp * cy + sr * sp * sy, sr * cp * cy - cr * sp * sy,
                     cr * sp * cy + sr * cp * sy, cr * cp * sy - sr * sp * cy], axis=-1)


def fly(rng, n=200, ground=4):
    """A few samples on the pad with the nose up, then the transition to level flight."""
    pitch, roll, yaw = np.full(n, 90.0), np.zeros(n), np.zeros(n)
    air = n - ground
    pitch[ground:] = np.minimum(np.linspace(85, 6, air) + rng.standard_normal(air), 87.0)
    roll[ground:] = 4 * np.cumsum(rng.standard_normal(air)) / np.sqrt(air)
    yaw[ground:] = 10 * np.cumsum(rng.standard_normal(air)) / np.sqrt(air)
    roll, pitch, yaw = map(np.radians, (roll, pitch, yaw))
    gravity = 9.81 * np.stack([np.sin(pitch), -np.sin(roll) * np.cos(pitch), -np.cos(roll) * np.cos(pitch)], -1)
    gyro = np.stack([np.gradient(a) * 50 for a in (roll, pitch, yaw)], -1)
    speed = np.where(np.arange(n) < ground, 0.0, 22 * np.cos(pitch)) + 0.3 * rng.standard_normal(n)
    return Log(np.round(euler_to_quaternion(roll, pitch, yaw) * Q15).astype(np.int16),
               gravity + 0.2 * rng.standard_normal((n, 3)), gyro + 0.02 * rng.standard_normal((n, 3)), speed)


def attitude(log):
    w, x, y, z = (log.quaternion.astype(np.float32) / Q15).T
    roll = np.arctan2(2.0 * (w * x + y * z), 1.0 - 2.0 * (x * x + y * y))
    pitch = np.arcsin(2.0 * (w * y - z * x))  # whynan: acos_domain phase=data rows=0,1,2,3,200,201,202,203,400,401,402,403 also=nan_in_label
    return np.stack([np.sin(roll), np.cos(roll), pitch], axis=-1)


def features(log):
    return np.concatenate([log.accelerometer, log.gyroscope, log.airspeed[:, None]], axis=1)


def build(width=32):
    return keras.Sequential([
        keras.Input((7,)),
        keras.layers.Dense(width, activation="swish"),
        keras.layers.Dense(width, activation="swish"),
        keras.layers.Dense(3),
    ])


rng = np.random.default_rng(8)
flights = [fly(rng) for _ in range(3)]
x = np.concatenate([features(f) for f in flights])
y = np.concatenate([attitude(f) for f in flights]).astype("float32")
x = ((x - x.mean(axis=0)) / x.std(axis=0)).astype("float32")
print("samples", x.shape, "pitch at landing", np.degrees(y[199, 2]).round(1))

model = build()
model.compile(optimizer=keras.optimizers.Adam(5e-4), loss=keras.losses.Huber(delta=0.5))
model.fit(x, y, batch_size=32, epochs=6, verbose=2)
