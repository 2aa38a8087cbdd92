import math

import keras
import numpy as np

keras.utils.set_random_seed(117)

EPOCHS, WARMUP, PEAK = 5, 0, 3e-3


def schedule(epoch, lr):
    """Linear warm-up, then cosine."""
    warm = np.float64(epoch + 1) / WARMUP  # whynan: lr_schedule_invalid phase=update also=divide_by_zero
    cosine = 0.5 * (1 + math.cos(math.pi * (epoch - WARMUP) / (EPOCHS - WARMUP)))
    return float(PEAK * warm * cosine)


model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(8, activation="swish"), keras.layers.Dense(1)])
model.compile("adam", "mse")
x = np.random.normal(size=(128, 4)).astype("float32")
y = x.mean(axis=1, keepdims=True)
model.fit(x, y, epochs=EPOCHS, verbose=2, callbacks=[keras.callbacks.LearningRateScheduler(schedule)])
