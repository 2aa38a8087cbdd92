"""Predict the next-hour consumption of a flat from the last 200 minutes of its meter.

Simple recurrent network, identity start, as in the "simple way to initialize
recurrent networks of rectified linear units" paper.
"""
import numpy as np
from tensorflow import keras
from tensorflow.keras import layers

SEED = 11
MINUTES = 200

keras.utils.set_random_seed(SEED)
rng = np.random.default_rng(SEED)


def one_flat():
    """Base load, a fridge that cycles, and now and then the kettle or the oven."""
    t = np.arange(MINUTES + 60)
    load = np.full(t.shape, rng.uniform(0.25, 0.4))
    load += 0.12 * ((t + rng.integers(0, 40)) % 40 < 15)
    for _ in range(rng.poisson(3)):
        start = rng.integers(0, len(t) - 30)
        load[start:start + rng.integers(4, 30)] += rng.uniform(0.5, 2.0)
    load += rng.normal(0, 0.02, size=t.shape)
    return np.clip(load, 0.05, None)


flats = np.stack([one_flat() for _ in range(640)])
top = flats.max()
X = (flats[:, :MINUTES] / top)[..., None].astype("float32")
y = (flats[:, MINUTES:].mean(axis=1) / top).astype("float32")
print("X", X.shape, "between", X.min(), "and", X.max())

X_train, X_val = X[:512], X[512:]
y_train, y_val = y[:512], y[512:]

model = keras.Sequential([
    layers.Input(shape=(MINUTES, 1)),
    layers.SimpleRNN(32, activation="relu", recurrent_initializer="identity"),
    layers.Dense(1),
])
model.compile(optimizer=keras.optimizers.SGD(learning_rate=0.01), loss="mse")
model.fit(X_train, y_train, validation_data=(X_val, y_val), epochs=4, batch_size=32, verbose=2)  # whynan: exploding_gradient phase=forward|gradient also=learning_rate_too_high

naive = X_val[:, -60:, 0].mean(axis=1)
print("naive mse:", float(np.mean((naive - y_val) ** 2)))
print("model mse:", model.evaluate(X_val, y_val, verbose=0))
