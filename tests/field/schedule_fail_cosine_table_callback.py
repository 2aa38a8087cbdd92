# GRU forecaster. The first four epochs look great, then from epoch 5 on "loss: nan".
import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(3)


class WarmupCosine(keras.callbacks.Callback):
    """lr per epoch is computed once up front and looked up afterwards"""

    def __init__(self, base_lr, n_epochs, warmup=4, min_lr=1e-5):
        super().__init__()
        epochs = np.arange(n_epochs, dtype="float64")
        # one third of the run is the annealing part, rest is constant at min_lr
        anneal_end = np.float64(n_epochs // 3)
        ramp = base_lr * (epochs + 1) / warmup
        progress = (epochs - warmup) / (anneal_end - warmup)  # whynan: lr_schedule_invalid phase=update also=divide_by_zero
        cosine = min_lr + 0.5 * (base_lr - min_lr) * (1.0 + np.cos(np.pi * np.clip(progress, 0, 1)))
        self.table = np.where(epochs < warmup, ramp, cosine)

    def on_epoch_begin(self, epoch, logs=None):
        self.model.optimizer.learning_rate = float(self.table[epoch])

    def on_epoch_end(self, epoch, logs=None):
        logs = logs or {}
        print(f"epoch {epoch} lr={self.table[epoch]:.2e} loss={logs.get('loss'):.4f}")


def make_windows(series, width=20):
    idx = np.arange(width)[None, :] + np.arange(len(series) - width)[:, None]
    return series[idx][..., None].astype("float32"), series[width:].astype("float32")


t = np.arange(420)
load = np.sin(2 * np.pi * t / 24) + 0.1 * np.random.default_rng(1).normal(size=t.size)
x, y = make_windows(load)

model = keras.Sequential([
    keras.Input((20, 1)),
    layers.GRU(12),
    layers.Dense(8, activation="tanh"),
    layers.Dense(1),
])
model.compile(optimizer="adam", loss="mae")

N_EPOCHS = 12
model.fit(x, y, epochs=N_EPOCHS, batch_size=64, verbose=0,
          callbacks=[WarmupCosine(5e-3, N_EPOCHS)])
