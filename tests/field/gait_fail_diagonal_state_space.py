"""Walking speed from a hip accelerometer with a diagonal state-space layer instead of an LSTM.

The modes start at 0, -1, -2, ... as in the "real" initialisation that I read about, the step sizes log-uniform. The
loss is nan in the first batch. The convolution by FFT is not to blame: a plain Toeplitz product gives nan too.
"""
import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

keras.utils.set_random_seed(19)

STEPS, AXES = 96, 3


class RealModes(keras.initializers.Initializer):
    """Decay rates 0, -1, ..., -(N-1), the same for every channel."""

    def __call__(self, shape, dtype=None):
        ladder = -np.arange(shape[-1], dtype="float32")
        return ops.convert_to_tensor(np.broadcast_to(ladder, shape).copy(), dtype=dtype)


class DiagonalStateSpace(layers.Layer):
    def __init__(self, modes=8, dt_min=1e-3, dt_max=1e-1, **kwargs):
        super().__init__(**kwargs)
        self.modes = modes
        self.log_dt_range = (float(np.log(dt_min)), float(np.log(dt_max)))

    def build(self, input_shape):
        channels = input_shape[-1]
        low, high = self.log_dt_range
        self.a = self.add_weight(shape=(channels, self.modes), initializer=RealModes(), name="a")
        self.b = self.add_weight(shape=(channels, self.modes), initializer="ones", name="b")
        self.c = self.add_weight(shape=(channels, self.modes), name="c",
                                 initializer=keras.initializers.RandomNormal(stddev=0.5))
        self.skip = self.add_weight(shape=(channels,), initializer="ones", name="skip")
        self.log_dt = self.add_weight(shape=(channels, 1), name="log_dt",
                                      initializer=keras.initializers.RandomUniform(low, high))

    def kernel(self, length):
        dt_a = ops.exp(self.log_dt) * self.a
        # zero-order hold
        b_bar = (ops.exp(dt_a) - 1.0) / self.a * self.b  # whynan: divide_by_zero phase=forward also=bad_initialization
        time = ops.arange(length, dtype="float32")
        decays = ops.exp(dt_a[:, :, None] * time)
        return ops.einsum("cn,cnl->cl", self.c * b_bar, decays)

    def call(self, u):
        length = u.shape[1]
        size = [2 * length]
        signal = tf.signal.rfft(tf.transpose(u, (0, 2, 1)), size)
        response = tf.signal.rfft(self.kernel(length), size)
        y = tf.signal.irfft(signal * response, size)[..., :length]
        return tf.transpose(y, (0, 2, 1)) + self.skip * u


def walkers(n=320):
    rng = np.random.default_rng(19)
    speed = rng.uniform(0.6, 1.9, n)
    t = np.arange(STEPS) / 32.0
    cadence = 1.2 + 0.5 * speed
    phase = rng.uniform(0, 2 * np.pi, (n, 1))
    swing = np.sin(2 * np.pi * cadence[:, None] * t + phase)
    acc = np.stack([swing * speed[:, None], 0.5 * swing ** 2, 0.3 * np.roll(swing, 5, axis=1)], axis=-1)
    return (acc + rng.normal(0, 0.1, acc.shape)).astype("float32"), speed.astype("float32")


def main():
    acc, speed = walkers()
    inputs = keras.Input((STEPS, AXES))
    x = layers.Dense(16)(inputs)
    for _ in range(2):
        y = DiagonalStateSpace()(x)
        y = layers.Activation("tanh")(y)
        x = layers.Add()([x, layers.Dense(16)(y)])
    outputs = layers.Dense(1)(layers.GlobalAveragePooling1D()(x))
    model = keras.Model(inputs, outputs)
    model.compile(optimizer=keras.optimizers.Adam(1e-3, clipnorm=1.0), loss="mse")
    print(model.fit(acc, speed, batch_size=32, epochs=3, verbose=0).history)


if __name__ == "__main__":
    main()
