"""Harvest per allotment plot; after every season the old network is trained further on all seasons so far.

Before each fit a callback shrinks the weights and adds noise, so that the warm start does not hurt (an idea from a
paper on warm starts).  Every season the loss jumps up again by a factor of ten.  Is the training breaking?
"""
# whynan: healthy
import keras
import numpy as np

keras.utils.set_random_seed(50)

SEASONS = range(2019, 2025)


class ShrinkAndPerturb(keras.callbacks.Callback):
    def __init__(self, shrink=0.4, noise=0.02, seed=0):
        super().__init__()
        self.shrink = shrink
        self.noise = noise
        self.rng = np.random.default_rng(seed)
        self.best = np.inf

    def on_train_begin(self, logs=None):
        before = np.sqrt(sum(np.sum(np.square(v.numpy())) for v in self.model.trainable_variables))
        for v in self.model.trainable_variables:
            v.assign(self.shrink * v.numpy() + self.rng.normal(0, self.noise, v.shape).astype("float32"))
        after = np.sqrt(sum(np.sum(np.square(v.numpy())) for v in self.model.trainable_variables))
        self.best = np.inf
        print(f"norm of the weights {before:.2f} -> {after:.2f}")

    def on_epoch_end(self, epoch, logs=None):
        gain = self.best - logs["loss"] if np.isfinite(self.best) else 0.0
        self.best = min(self.best, logs["loss"])
        print(f"   epoch {epoch + 1:2d} loss {logs['loss']:.4f} (better by {gain:+.4f})")


def season_plots(year, count=240):
    rng = np.random.default_rng(year)
    area = rng.uniform(20, 120, count)
    compost = rng.gamma(2.0, 1.5, count)
    sunshine = rng.uniform(3, 9, count)
    watering = rng.uniform(0, 7, count)
    warm = 0.2 * (year - 2019)
    harvest = area * (0.4 + 0.12 * np.tanh(compost / 3) + 0.05 * sunshine - 0.02 * (watering - 4 - warm) ** 2)
    harvest += rng.normal(0, 3.0, count)
    x = np.stack([(area - 70) / 29, (compost - 3) / 2.1, (sunshine - 6) / 1.7, (watering - 3.5) / 2.0,
                  np.full(count, (year - 2021.5) / 1.7)], axis=1)
    return x.astype("float32"), ((harvest - 48) / 24).astype("float32")[:, None]


inputs = keras.Input((5,))
h = keras.layers.Dense(48, activation="gelu")(inputs)
h = keras.layers.Dense(48, activation="gelu")(h)
model = keras.Model(inputs, keras.layers.Dense(1)(h))
model.compile(optimizer=keras.optimizers.Adam(4e-3), loss="mse")

restart = ShrinkAndPerturb(seed=11)
xs, ys = [], []
for year in SEASONS:
    x, y = season_plots(year)
    xs.append(x)
    ys.append(y)
    print(f"season {year}, {len(xs) * len(x)} plots")
    model.fit(np.concatenate(xs), np.concatenate(ys), batch_size=32, epochs=7, verbose=0, callbacks=[restart])

print("error of the last season:", model.evaluate(xs[-1], ys[-1], verbose=0))
