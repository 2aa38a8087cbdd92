"""Human activity recognition, hand made features from the raw accelerometer counts (int16)."""
import keras
import numpy as np
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(61)
ACTIVITIES = ["lying", "sitting", "walking"]
STEPS = 50


def record(activity, rng):
    """(50, 3) ADC counts. Gravity is about 205 counts and lies on z when the person lies."""
    if activity == "lying":
        xy = rng.normal(0, 10, (STEPS, 2)).clip(-60, 60)
        z = rng.normal(205, 6, (STEPS, 1)).clip(188, 222)
    elif activity == "sitting":
        xy = rng.normal(100, 10, (STEPS, 2)).clip(40, 150)
        z = rng.normal(110, 6, (STEPS, 1)).clip(80, 140)
    else:
        xy = rng.normal(60, 25, (STEPS, 2)).clip(-100, 150)
        z = rng.normal(70, 30, (STEPS, 1)).clip(-100, 150)
    return np.concatenate([xy, z], axis=1).astype(np.int16)


def load(n=450):
    rng = np.random.default_rng(42)
    y = rng.integers(0, len(ACTIVITIES), n)
    return [record(ACTIVITIES[k], rng) for k in y], y


def rms(window):
    return np.sqrt(np.mean(window * window, axis=0))  # whynan: int_overflow phase=data also=sqrt_of_negative,nan_in_input


def peak_to_peak(window):
    return window.max(axis=0) - window.min(axis=0)


FEATURES = [lambda w: w.mean(axis=0), lambda w: w.std(axis=0), rms, peak_to_peak]


def extract(windows):
    return np.stack([np.concatenate([f(w) for f in FEATURES]) for w in windows]).astype("float32")


windows, y = load()
X = StandardScaler().fit_transform(extract(windows))

inputs = keras.Input((X.shape[1],))
x = keras.layers.Dense(32, activation="relu")(inputs)
x = keras.layers.Dense(16, activation="relu")(x)
model = keras.Model(inputs, keras.layers.Dense(len(ACTIVITIES))(x))
model.compile(
    optimizer=keras.optimizers.Adam(),
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=["accuracy"],
)
model.fit(X, y, batch_size=30, epochs=5, verbose=2)
