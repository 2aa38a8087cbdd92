# Draught of a floating pontoon from load cells and wave gauges.
import math
import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(2024)

rng = np.random.RandomState(11)
n = 1024
load_fore = rng.gamma(4.0, 2.5, n)
load_aft = rng.gamma(4.0, 2.5, n)
wave_h = rng.rayleigh(0.4, n)
wave_t = rng.normal(4.2, 0.8, n)
salinity = rng.normal(31.0, 1.5, n)
ballast = rng.choice([0.0, 2.0, 4.0], n)

draught = (0.8 + 0.021 * (load_fore + load_aft) + 0.05 * ballast
           + 0.06 * wave_h * np.sin(wave_t) - 0.004 * (salinity - 31)
           + rng.normal(0, 0.01, n))

X = np.column_stack([load_fore, load_aft, wave_h, wave_t, salinity, ballast])
X = ((X - X.mean(axis=0)) / X.std(axis=0)).astype(np.float32)
y = ((draught - draught.mean()) / draught.std()).astype(np.float32).reshape(-1, 1)


def schedule(epoch, lr):
    """Hold for ten epochs, then anneal exponentially."""
    if epoch < 10:
        return lr
    return lr * math.exp(0.25)


inp = keras.Input(shape=(X.shape[1],))
h = layers.Dense(24, activation="tanh")(inp)
out = layers.Dense(1)(h)
model = keras.Model(inp, out, name="draught")

model.compile(
    optimizer=keras.optimizers.SGD(learning_rate=0.02, momentum=0.9),
    loss="mse",
    metrics=["mae"],
)

hist = model.fit(  # whynan: learning_rate_too_high phase=loss|forward|gradient
    X, y,
    validation_split=0.1,
    batch_size=64,
    epochs=45,
    callbacks=[keras.callbacks.LearningRateScheduler(schedule)],
    verbose=2,
)

best = int(np.argmin(hist.history["val_loss"]))
print("best epoch", best, "val mse", hist.history["val_loss"][best])
