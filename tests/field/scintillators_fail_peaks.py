import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(17)
rng = np.random.default_rng(17)

# ---------------------------------------------------------------- spectra
# NaI(Tl) detector, 32 channel multichannel analyser, three isotopes with different main lines.
ISOTOPES = ["Am-241", "Cs-137", "Co-60"]
LINE = {0: 10.0, 1: 16.0, 2: 22.0}
N = 1300
CH = np.arange(32)

isotope = rng.integers(0, 3, N)
live_time = rng.uniform(20, 600, N)          # seconds
overnight = np.array([211, 640, 905, 1077])  # runs left on until the morning
spectra = np.zeros((N, 32), dtype=np.int32)

for i in range(N):
    centre = LINE[isotope[i]] + rng.normal(0, 0.8)
    height = live_time[i] * rng.uniform(3, 12)
    floor = live_time[i] * 0.3
    if i in overnight:
        live_time[i] = 28800.0
        height = rng.uniform(32000, 36500)
        floor = 400.0
    shape = height * np.exp(-0.5 * ((CH - centre) / 1.5) ** 2) + floor * np.exp(-CH / 10.0)
    spectra[i] = rng.poisson(shape)

log_time = np.log(live_time).astype("float32")[:, None] - 5.0


# ---------------------------------------------------------------- layers
class SpectrumShape(layers.Layer):
    """Counts -> shape of the spectrum on the unit sphere, plus where it is heaviest."""

    def call(self, counts):
        norm = tf.sqrt(tf.cast(tf.reduce_sum(counts * counts, axis=-1, keepdims=True), tf.float32))  # whynan: int_overflow phase=forward rows=211,640,905,1077
        unit = tf.cast(counts, tf.float32) / (norm + 1.0)
        channel = tf.range(32, dtype=tf.float32) / 32.0
        weight = unit / (tf.reduce_sum(unit, axis=-1, keepdims=True) + 1e-3)
        centroid = tf.reduce_sum(weight * channel, axis=-1, keepdims=True)
        return tf.concat([unit, centroid], axis=-1)


class LineGate(layers.Layer):
    """Soft windows around learnt lines."""

    def __init__(self, lines=6, **kw):
        super().__init__(**kw)
        self.lines = lines

    def build(self, shape):
        self.gate = self.add_weight(shape=(shape[-1], self.lines), initializer="glorot_uniform", name="gate")

    def call(self, x):
        windows = tf.nn.softmax(self.gate, axis=0)
        return tf.matmul(x, windows)


counts_in = keras.Input((32,), dtype="int32", name="counts")
time_in = keras.Input((1,), name="log_time")
shape = SpectrumShape()(counts_in)
gates = LineGate()(shape)
h = layers.Concatenate()([shape, gates, time_in])
h = layers.Dense(32, activation="tanh")(h)
h = layers.Dropout(0.1)(h)
h = layers.Dense(16, activation="tanh")(h)
out = layers.Dense(3, activation="softmax")(h)
model = keras.Model([counts_in, time_in], out)

model.compile(optimizer=keras.optimizers.Adam(3e-3), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
hist = model.fit([spectra, log_time], isotope, batch_size=50, epochs=5, verbose=2)
print("final accuracy", hist.history["accuracy"][-1])

for name, k in zip(ISOTOPES, range(3)):
    sel = isotope == k
    p = model.predict([spectra[sel], log_time[sel]], verbose=0)
    print(name, "mean probability", p[:, k].mean())
