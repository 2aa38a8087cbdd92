# whynan: healthy
# Lots of numpy "divide by zero encountered in log10" / "invalid value" warnings: they come from the overview table and the
# decibel picture. The network gets log1p of the power.
import keras
import numpy as np
import pandas as pd
from keras import layers

keras.utils.set_random_seed(31)
RATE, FRAMES, WIN = 1000, 24, 64


def recording(rng, kind):
    t = np.arange(FRAMES * WIN) / RATE
    f0 = 60 + 40 * kind
    call = np.sin(2 * np.pi * (f0 * t + 12 * kind * t ** 2)) * np.exp(-((t - 0.5) / 0.25) ** 2)
    wave = call + 0.3 * rng.normal(size=t.size)
    stop = rng.integers(FRAMES // 2, FRAMES + 1) * WIN   # the hydrophone switches itself off
    wave[stop:] = 0.0
    return wave


def power_spectrogram(wave):
    frames = wave.reshape(FRAMES, WIN) * np.hanning(WIN)
    return np.abs(np.fft.rfft(frames, axis=1)) ** 2


class Overview:
    """Only for the eye: decibels and signal to noise ratio of every recording."""

    def __init__(self):
        self.rows = []

    def add(self, name, power):
        db = 10 * np.log10(power)                    # -inf where the hydrophone was off
        noise = power[-1].mean()
        self.rows.append({
            "name": name,
            "floor_db": db.min(),
            "peak_db": db.max(),
            "range_db": db.max() - db.min(),
            "snr": power.mean() / noise,             # x / 0
            "tail_balance": power[-1, :8].sum() / power[-1].sum(),  # 0 / 0
        })

    def show(self):
        df = pd.DataFrame(self.rows)
        print(df.describe())
        print("recordings with infinite range:", int(np.isinf(df["range_db"]).sum()),
              "/ undefined tail balance:", int(df["tail_balance"].isna().sum()))


def load(n, seed):
    rng = np.random.default_rng(seed)
    overview, xs, ys = Overview(), [], []
    for i in range(n):
        kind = int(rng.integers(0, 3))
        p = power_spectrogram(recording(rng, kind))
        overview.add(f"rec_{i:04d}", p)
        xs.append(np.log1p(p))
        ys.append(kind)
    overview.show()
    return np.stack(xs)[..., None].astype("float32"), np.array(ys)


x, y = load(400, 31)
x = (x - x.mean()) / x.std()
model = keras.Sequential([
    layers.Input(x.shape[1:]),
    layers.Conv2D(8, (3, 5), activation="relu"),
    layers.MaxPooling2D(2),
    layers.Conv2D(16, 3, activation="relu"),
    layers.GlobalAveragePooling2D(),
    layers.Dense(3, activation="softmax"),
])
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x, y, batch_size=32, epochs=6, validation_split=0.2, verbose=2)
