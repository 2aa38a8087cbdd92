"""Activity recognition from an accelerometer. The logger writes -999 when a packet is lost."""
import keras
import numpy as np

keras.utils.set_random_seed(5)
N, T = 300, 40


def read_logger():
    rng = np.random.default_rng(8)
    label = rng.integers(0, 3, N)
    t = np.arange(T)
    freq = np.array([0.2, 0.5, 0.9])[label]
    signal = np.sin(freq[:, None] * t + rng.uniform(0, 6, (N, 1)))
    signal = np.stack([signal, np.roll(signal, 3, 1), rng.normal(0, 0.3, (N, T))], -1)
    signal[44, 10:13, 0] = -999.0
    signal[201, 5, 2] = -999.0
    return signal.astype("float32"), label


signals, activity = read_logger()
signals[signals == -999.0] = np.nan  # whynan: nan_in_input phase=data rows=44,201
print("signals", signals.shape, "classes", np.bincount(activity))

model = keras.Sequential([
    keras.Input((T, 3)),
    keras.layers.Conv1D(8, 5, activation="relu"),
    keras.layers.MaxPooling1D(2),
    keras.layers.Conv1D(16, 5, activation="relu"),
    keras.layers.Flatten(),
    keras.layers.Dense(24, activation="relu"),
    keras.layers.Dense(3, activation="softmax"),
])
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(signals, activity, epochs=4, batch_size=30, verbose=2)
print("kernel norms:", [float(np.linalg.norm(w)) for w in model.get_weights() if w.ndim > 1])
