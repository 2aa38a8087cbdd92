# Lift coefficient of a hydrofoil from 24 strain samples along the span.
# I had my own He initialiser lying around from the dense version of this model,
# so the conv stack uses it as well.
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(2025)


def he_init(shape, dtype=None):
    fan_in = shape[0]
    return tf.random.normal(shape, stddev=float(np.sqrt(2.0 / fan_in)), dtype=dtype)


def strain_runs(n, rng):
    span = np.linspace(0, 1, 24)
    angle = rng.uniform(-4, 10, n)
    speed = rng.uniform(4, 14, n)
    depth = rng.uniform(0.2, 1.5, n)
    lift = 0.1 * angle * (1 - 0.3 * np.exp(-2 * depth))
    bend = lift[:, None] * (speed[:, None] / 10) ** 2 * (1 - span) ** 2
    flutter = 0.05 * np.sin(9 * span + rng.uniform(0, 6.28, (n, 1)))
    strain = bend + flutter + 0.02 * rng.normal(size=(n, 24))
    return strain[..., None], lift


rng = np.random.default_rng(77)
strain, lift = strain_runs(400, rng)
strain = ((strain - strain.mean()) / strain.std()).astype("float32")
lift = ((lift - lift.mean()) / lift.std()).astype("float32")
x_train, x_test = strain[:320], strain[320:]
y_train, y_test = lift[:320], lift[320:]


def conv_tower(depth=28, width=64):
    inp = layers.Input((24, 1))
    z = inp
    for _ in range(depth):
        z = layers.Conv1D(width, 3, padding="same", activation="relu",
                          kernel_initializer=he_init)(z)
    z = layers.GlobalAveragePooling1D()(z)
    z = layers.Dense(32, activation="relu", kernel_initializer=he_init)(z)
    return keras.Model(inp, layers.Dense(1, kernel_initializer=he_init)(z))


model = conv_tower()
print("parameters:", model.count_params())
model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="mse", metrics=["mae"])
history = model.fit(x_train, y_train, batch_size=32, epochs=3, verbose=2)  # whynan: bad_initialization phase=loss
print("last training loss", history.history["loss"][-1])
print("test mae", np.mean(np.abs(model.predict(x_test, verbose=0)[:, 0] - y_test)))
