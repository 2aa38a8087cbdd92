import warnings

import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(2024)
rng = np.random.default_rng(2024)

REGIONS = ["Hakone", "Kinosaki", "Kusatsu", "Okinawa"]
EPOCHS, PATIENCE, BATCH = 30, 4, 64

# Monthly turnover of hot-spring inns, in yen
N = 2000
region = rng.integers(0, 4, N)
month = np.where(region == 3, rng.integers(3, 12, N), rng.integers(0, 12, N))
rooms = rng.integers(5, 61, N)
occupancy = np.clip(0.55 + 0.2 * np.cos(2 * np.pi * month / 12) + rng.normal(0, 0.08, N), 0.05, 1.0)
guests = np.where(rng.random(N) < 0.1, 0, rng.poisson(rooms * 25 * occupancy))
reviews = rng.poisson(rng.gamma(0.7, 6.0, N))
net_refunds = rng.integers(-20, 21, N)
price = 16_000 + 2_500 * region + 900 * np.log1p(reviews)
turnover = guests * price * rng.lognormal(0, 0.07, N) + 300_000 + 4_000 * net_refunds

counts = np.column_stack([rooms, guests, reviews, net_refunds]).astype("float32")
season = np.column_stack([
    np.sin(2 * np.pi * month / 12), np.cos(2 * np.pi * month / 12), np.eye(4)[region],
]).astype("float32")
y = turnover.astype("float32")[:, None]


class LogCounts(keras.layers.Layer):
    """log of a count, -1 where there is nothing to take the log of"""

    def call(self, x):
        return tf.where(x > 0, tf.math.log(x), -1.0)


counts_in = keras.Input((4,))
season_in = keras.Input((6,))
h = keras.layers.Concatenate()([LogCounts()(counts_in), season_in])
h = keras.layers.Dense(64, activation="relu")(h)
h = keras.layers.Dense(32, activation="relu")(h)
h = keras.layers.Dense(1)(h)
yen = keras.layers.Rescaling(scale=float(y.std()), offset=float(y.mean()))(h)
model = keras.Model([counts_in, season_in], yen)
model.compile(optimizer=keras.optimizers.Adam(3e-3), loss="mse")

tr, va = np.arange(0, 1600), np.arange(1600, N)
best, best_weights, waited = np.inf, None, 0
val_mae = np.full(EPOCHS, np.nan)

for epoch in range(EPOCHS):
    rng.shuffle(tr)
    running = []
    for i in range(0, len(tr), BATCH):
        b = tr[i:i + BATCH]
        logs = model.train_on_batch([counts[b], season[b]], y[b], return_dict=True)  # whynan: healthy
        running.append(logs["loss"])
    if epoch % 2 == 0:
        val_mae[epoch] = np.abs(model.predict_on_batch([counts[va], season[va]]) - y[va]).mean()
        print(f"epoch {epoch:2d}  mse {np.mean(running):.4g} yen^2  val mae {val_mae[epoch]:,.0f} yen")
        if val_mae[epoch] < best:
            best, best_weights, waited = val_mae[epoch], model.get_weights(), 0
        else:
            waited += 1
            if waited >= PATIENCE:
                print("stopping early")
                break

model.set_weights(best_weights)
print(f"best epoch {np.nanargmin(val_mae)}: {np.nanmin(val_mae):,.0f} yen")

miss = np.abs(model.predict_on_batch([counts[va], season[va]]) - y[va])[:, 0]
table = np.full((4, 12), np.nan)
with warnings.catch_warnings():
    warnings.simplefilter("ignore", category=RuntimeWarning)
    for r in range(4):
        for m in range(12):
            table[r, m] = np.nanmean(miss[(region[va] == r) & (month[va] == m)])
worst = np.unravel_index(np.nanargmax(table), table.shape)
print("hardest:", REGIONS[worst[0]], "month", worst[1] + 1, f"{table[worst]:,.0f} yen")
