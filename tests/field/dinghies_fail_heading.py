"""Club regattas: heading of a dinghy at every GPS fix from wind and on-board sensors.

Legs have different lengths, so they are padded and a Masking layer takes care of the rest.
"""
import keras
import numpy as np
from keras import layers, ops

keras.utils.set_random_seed(505)

LEGS, LONGEST = 480, 24


def sail_one_leg(rng):
    n = rng.integers(9, LONGEST + 1)
    wind = rng.uniform(-np.pi, np.pi) + np.cumsum(rng.normal(0, 0.05, n))
    tack = rng.choice([-1.0, 1.0])
    off_wind = tack * (0.75 + 0.25 * rng.random()) + np.cumsum(rng.normal(0, 0.03, n))
    speed = 2.0 + 1.5 * np.abs(np.sin(off_wind)) + rng.normal(0, 0.1, n)
    heel = tack * (12 - 4 * np.abs(off_wind)) + rng.normal(0, 1, n)
    sensors = np.stack([np.sin(wind), np.cos(wind), speed / 4.0, heel / 15.0, np.full(n, tack)], axis=1)
    heading = wind + off_wind
    return sensors, np.arctan2(np.sin(heading), np.cos(heading))[:, None]


def regatta(seed):
    rng = np.random.default_rng(seed)
    legs = [sail_one_leg(rng) for _ in range(LEGS)]
    x = keras.utils.pad_sequences([s for s, _ in legs], maxlen=LONGEST, dtype="float32")
    y = keras.utils.pad_sequences([h for _, h in legs], maxlen=LONGEST, dtype="float32")
    return x, y


def wrap(angle):
    return ops.arctan2(ops.sin(angle), ops.cos(angle))


def to_heading(vector):
    return ops.arctan2(vector[..., 0], vector[..., 1])  # whynan: atan2_grad_at_origin phase=gradient


def heading_error(y_true, y_pred):
    return ops.abs(wrap(y_true[..., 0] - to_heading(y_pred)))


def degrees_off(y_true, y_pred):
    return heading_error(y_true, y_pred) * (180.0 / np.pi)


class HeadingNet(keras.Model):
    def __init__(self, units=24):
        super().__init__()
        self.skip_padding = layers.Masking(0.0)
        self.memory = layers.GRU(units, return_sequences=True)
        self.compass = layers.Dense(2, name="compass")

    def call(self, x):
        return self.compass(self.memory(self.skip_padding(x)))


if __name__ == "__main__":
    x_train, y_train = regatta(1)
    x_test, y_test = regatta(2)
    net = HeadingNet()
    net.compile(optimizer=keras.optimizers.RMSprop(2e-3), loss=heading_error, metrics=[degrees_off])
    net.fit(x_train, y_train, batch_size=32, epochs=4, verbose=2)
    print("test:", net.evaluate(x_test, y_test, verbose=0))
