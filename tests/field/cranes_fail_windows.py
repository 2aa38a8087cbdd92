import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(77)

WINDOW = 128
HOP = 64
FS = 1000.0


def make_recordings(count=12, length=8192):
    """Accelerometer on the hoist gearbox of harbour cranes, one file per lift."""
    rng = np.random.default_rng(40)
    files, speeds = [], []
    t = np.arange(length) / FS
    for i in range(count):
        # motor speed drifts slowly while the load goes up
        speed = rng.uniform(18.0, 60.0) + 6.0 * np.sin(2 * np.pi * t / t[-1] + rng.uniform(0, 6))
        phase = 2 * np.pi * np.cumsum(speed) / FS
        a = (0.9 * np.sin(phase) + 0.4 * np.sin(3 * phase + 0.3)
             + 0.15 * rng.standard_normal(length))
        a = (a * rng.uniform(0.5, 3.0)).astype("float32")
        files.append(a)
        speeds.append(speed.astype("float32"))
    # as it came from the gateway
    files[7][3000:3400] = 0.0
    return files, speeds


class WindowFeed(keras.utils.PyDataset):
    def __init__(self, files, speeds, index, batch_size=36, **kwargs):
        super().__init__(**kwargs)
        self.files = files
        self.speeds = speeds
        self.index = np.array(index)
        self.batch_size = batch_size

    def __len__(self):
        return int(np.ceil(len(self.index) / self.batch_size))

    def __getitem__(self, item):
        part = self.index[item * self.batch_size:(item + 1) * self.batch_size]
        raw = np.stack([self.files[f][s:s + WINDOW] for f, s in part])
        target = np.array([self.speeds[f][s:s + WINDOW].mean() for f, s in part])
        # loud and quiet cranes must look the same
        raw = raw - raw.mean(axis=1, keepdims=True)
        scaled = raw / raw.std(axis=1, keepdims=True)  # whynan: zero_variance_normalisation phase=data
        return scaled[..., None].astype("float32"), ((target - 39.0) / 13.0).astype("float32")

    def on_epoch_end(self):
        np.random.default_rng(len(self.index)).shuffle(self.index)


def build():
    inp = keras.Input((WINDOW, 1))
    h = layers.Conv1D(16, 15, strides=2, activation="swish")(inp)
    h = layers.Conv1D(24, 9, strides=2, activation="swish")(h)
    h = layers.GlobalAveragePooling1D()(h)
    h = layers.Dense(16, activation="swish")(h)
    return keras.Model(inp, layers.Dense(1)(h))


if __name__ == "__main__":
    files, speeds = make_recordings()
    index = [(f, s) for f in range(len(files))
             for s in range(0, len(files[f]) - WINDOW + 1, HOP)]
    np.random.default_rng(3).shuffle(index)

    feed = WindowFeed(files, speeds, index, workers=2, use_multiprocessing=False, max_queue_size=6)
    model = build()
    model.compile(keras.optimizers.Adam(2e-3), loss="mse", metrics=["mae"])
    model.fit(feed, epochs=4, verbose=2)
