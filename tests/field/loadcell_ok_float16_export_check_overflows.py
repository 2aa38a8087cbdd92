# whynan: side_nonfinite
"""Training is in float32. After every epoch a float16 copy of the network (for the microcontroller) is evaluated. Its error is
always nan/inf: the raw ADC counts (up to 160000) don't fit into float16, before the Rescaling layer gets a chance."""
import keras
import numpy as np

keras.utils.set_random_seed(14)


def build(dtype):
    inp = keras.Input((4,))
    scaled = keras.layers.Rescaling(1e-5, offset=-0.8, dtype=dtype)(inp)
    h = keras.layers.Dense(24, activation="relu", dtype=dtype)(scaled)
    h = keras.layers.Concatenate(dtype=dtype)([scaled, h])  # wide & deep
    return keras.Model(inp, keras.layers.Dense(1, dtype=dtype)(h))


class HalfPrecisionCheck(keras.callbacks.Callback):
    def __init__(self, x, y):
        super().__init__()
        self.x, self.y = x, y
        self.half = build("float16")

    def on_epoch_end(self, epoch, logs=None):
        self.half.set_weights([w.astype("float16") for w in self.model.get_weights()])
        pred = np.asarray(self.half(self.x)).astype("float64")
        logs["half_rmse"] = float(np.sqrt(np.mean((pred - self.y) ** 2)))


def measurements(n, rng):
    counts = rng.uniform(10_000, 160_000, size=(n, 4))
    kilograms = counts @ np.array([2.0, -1.0, 0.5, 1.0]) * 1e-5 + 0.02 * rng.normal(size=n)
    return counts.astype("float32"), kilograms.astype("float32")[:, None]


rng = np.random.default_rng(14)
x, y = measurements(800, rng)
xv, yv = measurements(100, rng)
model = build("float32")
model.compile(keras.optimizers.Adam(3e-3), loss="mse")
hist = model.fit(x, y, validation_data=(xv, yv), epochs=8, batch_size=32, verbose=0,
                 callbacks=[HalfPrecisionCheck(xv, yv)])
for k, v in hist.history.items():
    print(k, np.round(v, 4))
