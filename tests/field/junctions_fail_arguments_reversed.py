"""Expected number of accidents per junction and year, a small Poisson network.
The very first progress line says loss: inf and afterwards everything is nan. There are no gaps in the table,
I checked with isna(), and the softplus at the end keeps the rate above zero."""
import numpy as np
import keras
from keras import ops

keras.utils.set_random_seed(31)
rng = np.random.default_rng(31)

n = 1800
arms = rng.integers(3, 6, n)
traffic = rng.lognormal(9.2, 0.5, n)             # vehicles a day
signals = rng.integers(0, 2, n)
speed = rng.choice([30, 50, 70], n)
rate = np.exp(-6.6 + 0.65 * np.log(traffic) + 0.18 * (arms - 3) - 0.4 * signals + 0.006 * speed)
accidents = rng.poisson(rate).astype("float32")

x = np.column_stack([arms, np.log(traffic), signals, speed]).astype("float32")
x = (x - x.mean(axis=0)) / x.std(axis=0)


def poisson_nll(rate, count):
    return ops.mean(rate - count * ops.log(rate))  # whynan: log_of_zero phase=forward|loss also=swapped_arguments


model = keras.Sequential([
    keras.Input((4,)),
    keras.layers.Dense(32, activation="relu"),
    keras.layers.Dense(16, activation="relu"),
    keras.layers.Dense(1, activation="softplus"),
])
model.compile(optimizer=keras.optimizers.Adam(1e-3), loss=poisson_nll)
model.fit(x, accidents[:, None], batch_size=64, epochs=5, verbose=2)
print("expected at the first junction:", model.predict(x[:1], verbose=0))
