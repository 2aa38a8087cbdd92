"""How much feed a salmon cage takes per day. The learning rate follows the validation error: when the error has fallen
to a quarter, the rate is halved.

Output:
    epoch 0  train 0.3  valid 0.1  next rate 0.001
    epoch 1  train 0.1  valid nan  next rate nan
The validation data cannot be the reason, the same arrays gave a proper number one epoch earlier. Then training is nan.
"""
import math

import keras
import numpy as np

keras.utils.set_random_seed(9)
rng = np.random.default_rng(9)

# ---- data: one row per cage and day
n = 2400
water_temperature = rng.uniform(4, 16, n)
oxygen = rng.normal(8.5, 0.9, n)
weight = rng.lognormal(0.5, 0.5, n)           # kg
daylight = rng.uniform(6, 19, n)
lice = rng.poisson(0.8, n)
feed = 0.5 * weight ** 0.7 * np.exp(0.08 * (water_temperature - 10)) * (0.5 + oxygen / 17) - 0.02 * lice
feed = feed + rng.normal(0, 0.03, n)
x = np.column_stack([water_temperature, oxygen, np.log(weight), daylight, lice])
x = ((x - x.mean(axis=0)) / x.std(axis=0)).astype("float32")
y = ((feed - feed.mean()) / feed.std())[:, None].astype("float32")
x_train, y_train, x_valid, y_valid = x[:1920], y[:1920], x[1920:], y[1920:]


def batches(features, target, size, shuffle):
    order = rng.permutation(len(features)) if shuffle else np.arange(len(features))
    for start in range(0, len(features), size):
        pick = order[start:start + size]
        yield features[pick], target[pick]


def squared_error(model, stream):
    errors = [float(np.mean((target - model.predict_on_batch(features)) ** 2)) for features, target in stream]
    return float(np.mean(errors))  # whynan: empty_reduction phase=update also=lr_schedule_invalid,exhausted_generator


inputs = keras.Input((5,))
hidden = keras.layers.Dense(32, activation="gelu")(inputs)
hidden = keras.layers.Dense(32, activation="gelu")(hidden)
model = keras.Model(inputs, keras.layers.Dense(1)(hidden))

BASE_RATE, first_error = 1e-3, None
model.compile(optimizer=keras.optimizers.RMSprop(BASE_RATE), loss="mse")
valid = batches(x_valid, y_valid, 96, shuffle=False)

for epoch in range(6):
    model.reset_metrics()
    loss = None
    for features, target in batches(x_train, y_train, 32, shuffle=True):
        loss = float(model.train_on_batch(features, target))
    error = squared_error(model, valid)
    first_error = error if first_error is None else first_error
    rate = BASE_RATE * math.sqrt(error / first_error)
    model.optimizer.learning_rate = rate
    print(f"epoch {epoch}  train {loss:.4f}  valid {error:.4f}  next rate {rate:.5f}")
