# murmur detector for the digital stethoscope, raw wave in, learnable band-pass bank in front (SincNet idea)
import numpy as np
import keras
from keras import layers, ops

keras.utils.set_random_seed(44)
RATE = 1000


# ---------------------------------------------------------------- data
def beat(rng, t, at, freq, width, gain):
    return gain * np.exp(-0.5 * ((t - at) / width) ** 2) * np.sin(2 * np.pi * freq * (t - at) + rng.uniform(0, 6.28))


def recording(rng, murmur):
    t = np.arange(RATE) / RATE
    start = rng.uniform(0.05, 0.2)
    wave = beat(rng, t, start, rng.uniform(45, 60), 0.025, 1.0)
    wave += beat(rng, t, start + rng.uniform(0.28, 0.34), rng.uniform(60, 80), 0.02, 0.7)
    if murmur:
        for _ in range(12):
            wave += beat(rng, t, start + rng.uniform(0.06, 0.25), rng.uniform(150, 320), 0.02, 0.12)
    return wave + rng.normal(0, 0.03, RATE)


def dataset(n, seed):
    rng = np.random.default_rng(seed)
    y = (rng.random(n) < 0.4).astype("float32")
    x = np.stack([recording(rng, m) for m in y])
    x /= np.abs(x).max(axis=1, keepdims=True)
    return x[..., None].astype("float32"), y


# ---------------------------------------------------------------- front end
def sinc(z):
    return ops.where(ops.equal(z, 0.0), 1.0, ops.sin(z) / z)  # whynan: where_gradient_trap phase=gradient


def ideal_lowpass(cutoff, taps):
    return 2.0 * cutoff * sinc(2.0 * np.pi * cutoff * taps)


class BandpassBank(layers.Layer):
    """Every filter has two weights: where its band starts and how wide it is (in cycles per sample)."""

    def __init__(self, bands=16, width=65, **kwargs):
        super().__init__(**kwargs)
        self.bands, self.width = bands, width
        half = width // 2
        self.taps = np.arange(-half, half + 1, dtype="float32")[None, :]
        self.window = np.hamming(width).astype("float32")[None, :]

    def build(self, input_shape):
        edges = np.geomspace(25, 400, self.bands + 1).astype("float32") / RATE
        low, band = edges[:-1, None], np.diff(edges)[:, None]
        self.low = self.add_weight(name="low", shape=(self.bands, 1),
                                   initializer=lambda shape, dtype=None: ops.convert_to_tensor(low, dtype))
        self.band = self.add_weight(name="band", shape=(self.bands, 1),
                                    initializer=lambda shape, dtype=None: ops.convert_to_tensor(band, dtype))

    def call(self, x):
        low = 0.005 + ops.abs(self.low)
        high = ops.minimum(low + 0.005 + ops.abs(self.band), 0.5)
        kernel = ideal_lowpass(high, self.taps) - ideal_lowpass(low, self.taps)
        kernel = ops.transpose(kernel * self.window)[:, None, :]
        return ops.conv(x, kernel, strides=4, padding="same")


def detector():
    wave = keras.Input((RATE, 1))
    x = BandpassBank(name="front")(wave)
    x = layers.Lambda(ops.abs)(x)
    x = layers.AveragePooling1D(5)(x)
    x = layers.Conv1D(24, 5, activation="gelu", padding="same")(x)
    x = layers.GlobalAveragePooling1D()(x)
    return keras.Model(wave, layers.Dense(1)(x))


x_train, y_train = dataset(360, 1)
x_test, y_test = dataset(120, 2)
net = detector()
net.compile(keras.optimizers.Adam(2e-3), keras.losses.BinaryCrossentropy(from_logits=True),
            metrics=[keras.metrics.BinaryAccuracy(threshold=0.0)])
net.fit(x_train, y_train, batch_size=24, epochs=5, verbose=2)
print(net.evaluate(x_test, y_test, verbose=0))
