import math

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(77)


def collect(n=800):
    """Museum drawer of dragonflies: wing span from body measures and collecting site."""
    rng = np.random.default_rng(77)
    thorax = rng.normal(9.5, 1.2, n)
    abdomen = 3.6 * thorax + rng.normal(0, 2.0, n)
    eye = 0.31 * thorax + rng.normal(0, 0.15, n)
    altitude = rng.uniform(0, 1800, n)
    latitude = rng.uniform(36, 61, n)
    span = 14 + 5.8 * thorax + 0.2 * abdomen - 0.0025 * altitude + 2 * np.sin(latitude / 5)
    span += rng.normal(0, 1.0, n)
    table = np.stack([thorax, abdomen, eye, altitude, latitude], axis=1)
    return table, span


def zscore(a):
    return ((a - a.mean(axis=0)) / a.std(axis=0)).astype("float32")


table, span = collect()
x = zscore(table)
y = zscore(span)


def scheduler(epoch, lr):
    if epoch < 10:
        return lr
    return lr * math.exp(0.15)


class PrintEvery(keras.callbacks.Callback):
    def __init__(self, every):
        super().__init__()
        self.every = every

    def on_epoch_end(self, epoch, logs=None):
        if epoch % self.every == 0:
            print(f"epoch {epoch:3d}  loss {logs['loss']:.4f}  mae {logs['mae']:.4f}")


net = keras.Sequential(
    [
        keras.Input((5,)),
        layers.Dense(32, activation="tanh"),
        layers.Dense(1),
    ]
)
net.compile(
    optimizer=keras.optimizers.SGD(learning_rate=0.02, momentum=0.9),
    loss="mse",
    metrics=["mae"],
)

history = net.fit(x, y, batch_size=32, epochs=60, verbose=0, callbacks=[keras.callbacks.LearningRateScheduler(scheduler), PrintEvery(5)])  # whynan: learning_rate_too_high phase=loss

best = int(np.argmin(history.history["loss"]))
print("best epoch:", best, "loss:", history.history["loss"][best])

residual = net.predict(x, verbose=0)[:, 0] - y
print("rmse in mm:", float(np.sqrt(np.mean(residual ** 2)) * span.std()))
