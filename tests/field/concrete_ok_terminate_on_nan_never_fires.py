# whynan: side_nonfinite
# All the safety belts on: TerminateOnNaN, EarlyStopping, ReduceLROnPlateau and a home-made "update ratio" monitor.
# The monitor prints inf / nan for biases at the first batch (they start at exactly zero): logging only.
import keras
import numpy as np
from keras import callbacks, layers

keras.utils.set_random_seed(19)


class UpdateRatio(callbacks.Callback):
    """|| w_after - w_before || / || w_before ||, should be around 1e-3 (Karpathy)"""

    def __init__(self, every=10):
        super().__init__()
        self.every = every
        self.worst = -np.inf

    def _snapshot(self):
        return {v.path: v.numpy().copy() for v in self.model.trainable_variables}

    def on_train_batch_begin(self, batch, logs=None):
        self.before = self._snapshot()

    def on_train_batch_end(self, batch, logs=None):
        if batch % self.every:
            return
        ratios = {}
        for path, after in self._snapshot().items():
            old = self.before[path]
            # bias: x / 0 = inf; unused embedding-like weights: 0 / 0 = nan
            ratios[path] = np.linalg.norm(after - old) / np.linalg.norm(old)
        self.worst = max(self.worst, max(ratios.values()))
        print(f"  batch {batch}: " + ", ".join(f"{k.split('/', 1)[-1]}={v:.1e}" for k, v in ratios.items()))


class Improvement(callbacks.Callback):
    def on_train_begin(self, logs=None):
        self.best = float("inf")
        self.lowest_lr = float("inf")

    def on_epoch_end(self, epoch, logs=None):
        gain = self.best - logs["val_loss"]          # inf in the first epoch
        rel = gain / self.best                       # inf / inf = nan in the first epoch
        self.best = min(self.best, logs["val_loss"])
        print(f"epoch {epoch}: val_loss {logs['val_loss']:.4f}, gain {gain:.4f} ({rel:.1%})")


def mixes(n=700):
    rng = np.random.default_rng(19)
    cement, water, age = rng.uniform(1.5, 5.0, n), rng.uniform(1.2, 2.2, n), rng.choice([3, 7, 28, 90], n)
    strength = 30 * np.log1p(age) * (cement / water) / 8 + rng.normal(0, 2, n)
    x = np.stack([cement, water, np.log(age)], 1)
    return ((x - x.mean(0)) / x.std(0)).astype("float32"), (strength / strength.std()).astype("float32")


x, y = mixes()
inp = layers.Input((3,))
h = layers.Dense(32, activation="relu")(inp)
h = layers.Dense(16, activation="relu")(h)
model = keras.Model(inp, layers.Dense(1)(h))
model.compile(keras.optimizers.SGD(0.05, momentum=0.9), loss="huber")

model.fit(
    x, y,
    validation_split=0.2,
    batch_size=32,
    epochs=10,
    verbose=0,
    callbacks=[
        callbacks.TerminateOnNaN(),
        callbacks.EarlyStopping("val_loss", patience=6, restore_best_weights=True),
        callbacks.ReduceLROnPlateau("val_loss", patience=2, factor=0.5),
        UpdateRatio(),
        Improvement(),
    ],
)
