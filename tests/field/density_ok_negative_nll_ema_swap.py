# Heteroscedastic regression on nearly noise free data: the NLL becomes (and should become) negative.
# Weights are averaged (EMA), swapped in for evaluation, the best ones saved and restored.
import math
import os
import tempfile
import numpy as np
import keras
from keras import layers, ops

keras.utils.set_random_seed(17)
FLOOR = 2e-2


def nll(y, params):
    mu, raw = params[:, :1], params[:, 1:]
    sigma = FLOOR + ops.softplus(raw)
    return ops.mean(ops.log(sigma) + 0.5 * ops.square((y - mu) / sigma) + 0.5 * math.log(2 * math.pi))


class Best(keras.callbacks.Callback):
    """my own early stopping; best starts with inf, and val_loss of the first epochs goes below zero"""

    def __init__(self, patience):
        super().__init__()
        self.best, self.wait, self.patience = math.inf, 0, patience
        self.ratio = []

    def on_epoch_end(self, epoch, logs=None):
        value = logs["val_loss"]
        self.ratio.append(value / self.best)               # 1/inf = 0 the first time
        if value < self.best:
            self.best, self.wait = value, 0
        else:
            self.wait += 1
        if self.wait >= self.patience:
            self.model.stop_training = True


rng = np.random.default_rng(17)
x = rng.uniform(-1, 1, (600, 1)).astype("float32")
y = (0.5 * np.sin(3 * x) + 0.01 * rng.normal(size=x.shape)).astype("float32")

inp = keras.Input((1,))
h = layers.Dense(32, activation="tanh")(inp)
h = layers.Dense(32, activation="tanh")(h)
model = keras.Model(inp, layers.Dense(2)(h))
model.compile(keras.optimizers.Adam(3e-3, use_ema=True, ema_momentum=0.9), loss=nll)

path = os.path.join(tempfile.mkdtemp(), "best.weights.h5")
best = Best(patience=6)
hist = model.fit(
    x[:500], y[:500], validation_data=(x[500:], y[500:]), batch_size=50, epochs=25, verbose=0,
    callbacks=[
        keras.callbacks.SwapEMAWeights(swap_on_epoch=True),
        keras.callbacks.ModelCheckpoint(path, monitor="val_loss", save_best_only=True, save_weights_only=True),
        best,
    ],
)
model.load_weights(path)
print("train", hist.history["loss"][0], "->", hist.history["loss"][-1], "best val", best.best, best.ratio[:3])
print("restored", model.evaluate(x[500:], y[500:], verbose=0))
# whynan: healthy
