"""Head loss of a small hydro plant from one day of five-minute sensor readings.

Each sample is a day: 288 readings of intake level, turbine flow and pressure.
Target is the mean head loss of that day (standardised).
"""
import numpy as np
import keras
from keras import layers, regularizers

SEED = 66
STEPS = 288
keras.utils.set_random_seed(SEED)
rng = np.random.default_rng(SEED)


def one_day():
    t = np.arange(STEPS) / STEPS
    demand = 1.0 + 0.4 * np.sin(2 * np.pi * (t - 0.3)) + 0.2 * np.sin(4 * np.pi * (t - rng.uniform(0, 0.2)))
    flow = 2.0 * demand * rng.uniform(0.7, 1.3) + rng.normal(0, 0.05, STEPS)
    rough = rng.uniform(0.8, 1.4)
    level = 12.0 + np.cumsum(rng.normal(0, 0.02, STEPS)) + rng.normal(0, 0.5)
    loss = rough * 0.35 * flow ** 2
    pressure = level - loss + rng.normal(0, 0.05, STEPS)
    return np.column_stack([level, flow, pressure]), loss.mean()


def make_set(n):
    days, targets = zip(*(one_day() for _ in range(n)))
    return np.stack(days), np.array(targets)


X, y = make_set(800)
X = (X - X.mean(axis=(0, 1))) / X.std(axis=(0, 1))
y = (y - y.mean()) / y.std()
X, y = X.astype("float32"), y.astype("float32")


def make_model():
    inp = keras.Input((STEPS, 3))
    # small codes, please: the filters are read by people afterwards
    x = layers.Conv1D(16, 9, padding="same", activity_regularizer=regularizers.L2(0.02))(inp)
    x = layers.Activation("tanh")(x)
    x = layers.AveragePooling1D(4)(x)
    x = layers.Conv1D(16, 5, activation="tanh")(x)
    x = layers.GlobalAveragePooling1D()(x)
    x = layers.Dense(16, activation="tanh")(x)
    return keras.Model(inp, layers.Dense(1)(x))


model = make_model()
model.compile(optimizer=keras.optimizers.SGD(0.05), loss="mse", metrics=["mae"])

history = model.fit(  # whynan: regularization_too_large phase=loss|forward|gradient also=learning_rate_too_high
    X, y,
    batch_size=32,
    epochs=6,
    validation_split=0.2,
    callbacks=[keras.callbacks.EarlyStopping(monitor="val_mae", patience=5)],
    verbose=2,
)
kernel = model.layers[1].get_weights()[0]
print("strongest filter:", int(np.argmax(np.abs(kernel).sum(axis=(0, 1)))))
print("val mae: %.3f" % history.history["val_mae"][-1])
