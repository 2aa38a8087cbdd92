"""
Guess the recording level (dBFS) of a clip-on microphone before the talk
starts, from what the stage crew types in. Trained session by session, so
that we can listen to the model in between.
"""
import numpy as np
from tensorflow import keras
from tensorflow.keras import layers

keras.utils.set_random_seed(48)
rng = np.random.default_rng(48000)

n_talks = 2200
mouth_cm = rng.uniform(8, 45, n_talks)
preamp_db = rng.choice([18, 24, 30, 36], n_talks)
voice = rng.normal(0, 1, n_talks)
foam = rng.integers(0, 2, n_talks)
hall_m3 = rng.lognormal(7.2, 0.8, n_talks)

level = (
    -24.0
    - 20 * np.log10(mouth_cm / 8)
    + 0.7 * (preamp_db - 36)
    + 2.5 * voice
    - 1.5 * foam
    + 0.4 * np.log(hall_m3)
    + rng.normal(0, 0.8, n_talks)
)
level = np.minimum(level, -3.0)

X = np.column_stack([np.log(mouth_cm), preamp_db, voice, foam, np.log(hall_m3)])
X = ((X - X.mean(0)) / X.std(0)).astype("float32")
y = level.astype("float32")
print("level: min %.1f  median %.1f  max %.1f" % (y.min(), np.median(y), y.max()))

X_train, y_train = X[:1800], y[:1800]
X_test, y_test = X[1800:], y[1800:]


def level_model(n_features):
    inputs = layers.Input(shape=(n_features,))
    x = layers.Dense(40, activation="relu")(inputs)
    x = layers.Dense(20, activation="relu")(x)
    outputs = layers.Dense(1, activation="relu")(x)  # whynan: unstable
    return keras.Model(inputs, outputs, name="level")


model = level_model(X.shape[1])
model.compile(optimizer=keras.optimizers.Adam(2e-3), loss="mean_squared_error", metrics=["mae"])
model.summary()

for session in range(1, 9):
    hist = model.fit(
        X_train,
        y_train,
        batch_size=32,
        epochs=2,
        validation_data=(X_test, y_test),
        verbose=0,
    )
    sample = model.predict(X_test[:5], verbose=0).ravel()
    print(
        f"session {session}: loss {hist.history['loss'][-1]:.4f}  mae {hist.history['mae'][-1]:.4f}"
        f"  val mae {hist.history['val_mae'][-1]:.4f}"
    )
    print("   asked ", np.round(y_test[:5], 1))
    print("   got   ", np.round(sample, 1))
