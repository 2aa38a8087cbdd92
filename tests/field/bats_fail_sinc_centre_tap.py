"""Bat species from raw ultrasound. The first layer is a bank of band-pass filters with learnable cut-off
frequencies (sinc filters). The filter at t=0 is treated separately, I plotted the kernels and they look right.
The first batch gives a normal loss, everything after it is nan."""
import numpy as np
import tensorflow as tf
import keras

RATE = 64_000
LENGTH = 768
SPECIES = ["pipistrelle", "noctule", "serotine"]

keras.utils.set_random_seed(4)


def synth_call(rng, species):
    start, stop, ms = [(26_000, 19_000, 5.0), (20_000, 14_000, 9.0), (29_000, 12_000, 7.0)][species]
    t = np.arange(LENGTH) / RATE
    sweep = start + (stop - start) * np.clip(t / (ms / 1000), 0, 1)
    phase = 2 * np.pi * np.cumsum(sweep) / RATE
    envelope = np.exp(-0.5 * ((t - ms / 2000) / (ms / 4000)) ** 2)
    shift = rng.integers(0, 200)
    return np.roll(np.sin(phase) * envelope, shift) * rng.uniform(0.4, 1.0) + rng.normal(0, 0.05, LENGTH)


class SincConv(keras.layers.Layer):
    def __init__(self, filters, taps=65, min_low=500.0, min_band=800.0, **kwargs):
        super().__init__(**kwargs)
        self.filters = filters
        self.min_low, self.min_band = min_low, min_band
        half = taps // 2
        self.t = np.arange(-half, half + 1, dtype="float32") / RATE
        self.window = np.hamming(taps).astype("float32")

    def build(self, input_shape):
        edges = np.linspace(8_000.0, 30_000.0, self.filters + 1, dtype="float32")
        # kept in kHz so that the optimiser sees values of order one
        self.low = self.add_weight(name="low", shape=(self.filters, 1), initializer=edges[:-1, None] / 1000)
        self.band = self.add_weight(name="band", shape=(self.filters, 1), initializer=np.diff(edges)[:, None] / 1000)

    def lowpass(self, cutoff):
        t = tf.constant(self.t)
        ripple = tf.sin(2.0 * np.pi * cutoff * t)
        return tf.where(t == 0.0, 2.0 * cutoff, ripple / (np.pi * t))  # whynan: where_gradient_trap phase=gradient also=divide_by_zero

    def call(self, x):
        low = self.min_low + 1000.0 * tf.abs(tf.convert_to_tensor(self.low))
        high = tf.minimum(low + self.min_band + 1000.0 * tf.abs(tf.convert_to_tensor(self.band)), RATE / 2.0)
        kernel = (self.lowpass(high) - self.lowpass(low)) * self.window / RATE
        kernel = tf.transpose(kernel)[:, None, :]
        return tf.nn.conv1d(x, kernel, stride=1, padding="SAME")


class BatNet(keras.Model):
    def __init__(self):
        super().__init__()
        self.sinc = SincConv(12)
        self.pool = keras.layers.AveragePooling1D(8)
        self.conv = keras.layers.Conv1D(16, 5, activation="swish")
        self.head = keras.layers.Dense(len(SPECIES))

    def call(self, x):
        h = self.pool(tf.abs(self.sinc(x)))
        h = self.conv(h)
        return self.head(tf.reduce_mean(h, axis=1))


rng = np.random.default_rng(4)
labels = rng.integers(0, len(SPECIES), 360)
calls = np.stack([synth_call(rng, s) for s in labels]).astype("float32")[..., None]
dataset = tf.data.Dataset.from_tensor_slices((calls, labels)).shuffle(360, seed=4).batch(24)

model = BatNet()
model.compile(
    optimizer=keras.optimizers.Adam(1e-3),
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=["accuracy"],
)
model.fit(dataset, epochs=3, verbose=2)
print("lower edges in kHz:", model.sinc.low.numpy().ravel())
