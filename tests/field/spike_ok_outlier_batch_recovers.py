"""Solar inverter regression: once per epoch the logger writes glitches (x500). Loss jumps by orders of magnitude, clipnorm saves it."""
# whynan: healthy
import math
import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(71)


class InverterLog(keras.utils.PyDataset):
    def __init__(self, n=640, batch=32, **kw):
        super().__init__(**kw)
        rng = np.random.default_rng(16)
        self.x = rng.normal(size=(n, 10)).astype("float32")
        self.y = (self.x[:, :3].sum(1, keepdims=True) + 0.1 * rng.normal(size=(n, 1))).astype("float32")
        self.batch = batch

    def __len__(self):
        return math.ceil(len(self.x) / self.batch)

    def __getitem__(self, i):
        sl = slice(i * self.batch, (i + 1) * self.batch)
        x, y = self.x[sl].copy(), self.y[sl].copy()
        if i == 7:
            y[::5] *= 500.0
        return x, y


class SpikePrinter(keras.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.running = None

    def on_train_batch_end(self, batch, logs=None):
        loss = logs["loss"]
        if self.running is not None and loss > 50 * self.running:
            print(f"  spike at batch {batch}: {loss:.1f} (before {self.running:.3f})")
        self.running = loss


model = keras.Sequential([
    keras.Input((10,)),
    layers.Dense(32, activation="elu"),
    layers.Dense(16, activation="elu"),
    layers.Dense(1),
])
model.compile(optimizer=keras.optimizers.SGD(0.02, momentum=0.5, clipnorm=1.0), loss="mse")
model.fit(InverterLog(), epochs=5, verbose=2, callbacks=[SpikePrinter()])
