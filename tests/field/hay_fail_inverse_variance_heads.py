"""Moisture (fraction) and temperature (standardised) of hay bales from the sensors on the baler, one network, two heads.

The buyers want the moisture as a fraction, so its squared error is tiny and the temperature wins. I therefore weight
each head with one over the variance of its target, which is what everybody advises: both heads then count the same.
Without the weights the thing trains, with them it is nan in the first epoch.
"""
import numpy as np
import pandas as pd
import keras
from keras import layers

keras.utils.set_random_seed(15)

SENSORS = ["microwave_db", "phase_deg", "capacity_pf", "plunger_kn", "slices", "speed_kmh", "air_humidity", "air_temp"]


def read_bales(n=1400, seed=15):
    rng = np.random.default_rng(seed)
    water = np.clip(rng.normal(0.155, 0.013, n), 0.11, 0.21)
    density = rng.normal(195.0, 14.0, n)
    warm = rng.normal(0.0, 1.0, n) + 25.0 * (water - 0.155)
    table = pd.DataFrame({
        "microwave_db": 3.0 + 62.0 * water * density / 195 + rng.normal(0, 0.25, n),
        "phase_deg": 40.0 + 510.0 * water * density / 195 + rng.normal(0, 2.0, n),
        "capacity_pf": 12.0 + 55.0 * water + 0.4 * warm + rng.normal(0, 0.4, n),
        "plunger_kn": 0.9 * density + rng.normal(0, 6.0, n),
        "slices": rng.integers(11, 19, n).astype(float),
        "speed_kmh": rng.normal(11.0, 1.8, n),
        "air_humidity": 48.0 + 240.0 * (water - 0.155) + rng.normal(0, 5.0, n),
        "air_temp": 24.0 + 2.1 * warm + rng.normal(0, 1.2, n),
    })
    table["moisture"] = water
    table["temperature"] = warm
    return table


def two_headed_net(features):
    inputs = keras.Input((features,), name="sensors")
    h = layers.Dense(32, activation="leaky_relu")(inputs)
    h = layers.Dense(32, activation="leaky_relu")(h)
    moisture = layers.Dense(1, name="moisture")(layers.Dense(8, activation="leaky_relu")(h))
    temperature = layers.Dense(1, name="temperature")(layers.Dense(8, activation="leaky_relu")(h))
    return keras.Model(inputs, {"moisture": moisture, "temperature": temperature})


bales = read_bales()
x = bales[SENSORS]
x = ((x - x.mean()) / x.std()).to_numpy("float32")
y = {
    "moisture": bales[["moisture"]].to_numpy("float32"),
    "temperature": bales[["temperature"]].to_numpy("float32"),
}
y["temperature"] = (y["temperature"] - y["temperature"].mean()) / y["temperature"].std()
weights = {name: float(1.0 / np.var(values)) for name, values in y.items()}
print("loss weights:", {name: round(value, 1) for name, value in weights.items()})

model = two_headed_net(len(SENSORS))
model.compile(
    optimizer=keras.optimizers.SGD(learning_rate=0.01, momentum=0.9),
    loss={"moisture": "mse", "temperature": "mse"},
    loss_weights=weights,
)
stop = keras.callbacks.ReduceLROnPlateau(monitor="loss", patience=2, factor=0.5)
model.fit(x, y, batch_size=32, epochs=6, callbacks=[stop], verbose=2)  # whynan: learning_rate_too_high phase=loss|gradient|update|forward also=loss_weight_too_large,exploding_gradient
guess = model.predict(x[:3], verbose=0)
print("moisture of the first bales:", guess["moisture"].ravel())
