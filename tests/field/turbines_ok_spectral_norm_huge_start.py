"""Lipschitz-bounded power curve for wind turbines.

Somebody before me set the initialiser to a standard deviation of 800.  evaluate() before training gives an mse of
1e21 or so, which frightened everyone in the review, then fit() starts at about 1.
"""
import keras
import numpy as np
from keras import layers

SEED = 12
keras.utils.set_random_seed(SEED)


def scada(rows, seed):
    r = np.random.default_rng(seed)
    speed = r.weibull(2.0, rows) * 8.0
    gust = speed * r.uniform(1.0, 1.6, rows)
    angle = r.uniform(-np.pi, np.pi, rows)
    temperature = r.normal(9.0, 7.0, rows)
    pressure = r.normal(1013.0, 8.0, rows)
    pitch = np.clip(2.0 * (speed - 11.0), 0.0, 25.0) + r.normal(0.0, 0.4, rows)
    yaw_error = r.normal(0.0, 6.0, rows)
    density = pressure * 100.0 / (287.0 * (temperature + 273.15))
    power = 0.2 * density * np.minimum(speed, 11.0) ** 3 * np.cos(np.radians(yaw_error)) ** 2
    power = np.where((speed < 3.0) | (speed > 25.0), 0.0, power) + r.normal(0.0, 6.0, rows)
    x = np.stack([speed, gust, np.sin(angle), np.cos(angle), temperature, pressure, pitch, yaw_error], axis=1)
    return x.astype("float32"), power.astype("float32")


def bounded(units, activation):
    wild = keras.initializers.RandomNormal(stddev=800.0)
    return layers.SpectralNormalization(layers.Dense(units, activation=activation, kernel_initializer=wild))


class StopIfSick(keras.callbacks.Callback):
    def on_train_batch_end(self, batch, logs=None):
        if not np.isfinite(float(logs["loss"])):
            print("loss is not finite, stopping")
            self.model.stop_training = True


def build(x):
    scale = layers.Normalization()
    scale.adapt(x)
    return keras.Sequential([
        keras.Input((x.shape[1],)),
        scale,
        bounded(64, "relu"),
        bounded(64, "relu"),
        bounded(32, None),
        layers.Dense(1),
    ])


def largest_singular_values(model):
    for layer in model.layers:
        if isinstance(layer, layers.SpectralNormalization):
            yield float(np.linalg.norm(layer.layer.kernel.numpy(), ord=2))


x, power = scada(1600, SEED)
y = ((power - power.mean()) / power.std())[:, None]
x_test, y_test = x[1200:], y[1200:]
x, y = x[:1200], y[:1200]

model = build(x)
model.compile(optimizer=keras.optimizers.Adam(3e-3), loss="mse")
print("sigma before:", [f"{s:.0f}" for s in largest_singular_values(model)])
print("mse before  :", model.evaluate(x_test, y_test, verbose=0))
model.fit(x, y, batch_size=32, epochs=12, verbose=2, validation_data=(x_test, y_test), callbacks=[StopIfSick()])
print("sigma after :", [f"{s:.2f}" for s in largest_singular_values(model)])  # whynan: healthy
