"""Stalk growth of rhubarb (mm per day) on farms in Germany and the Netherlands:
weather goes through a small net, the light climate comes in as a layer."""
import math

import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(11)

FARMS = {
    "Beelitz": 52.24,
    "Nienburg": 52.64,
    "Bruchsal": 49.13,
    "Horst": 51.45,
    "Schrobenhausen": 48.56,
}


class Photoperiod(keras.layers.Layer):
    """Hours between sunrise and sunset from (latitude, day of year)."""

    def call(self, where_when):
        latitude = where_when[:, 0:1] * (math.pi / 180.0)
        day = where_when[:, 1:2]
        declination = 23.45 * tf.sin(2.0 * math.pi * (284.0 + day) / 365.0)
        half_day = tf.acos(-tf.tan(latitude) * tf.tan(declination))  # whynan: acos_domain phase=forward also=special_function_domain
        return 24.0 / math.pi * half_day


def field_records(n=1800, seed=4):
    rng = np.random.default_rng(seed)
    lat = rng.choice(list(FARMS.values()), n)
    day = rng.integers(98, 176, n).astype("float64")  # 8 April to 24 June
    season = (day - 98) / 78
    air = 8 + 10 * season + rng.normal(0, 3, n)
    soil = 9 + 8 * season + rng.normal(0, 1.2, n)
    rain = rng.gamma(0.6, 3.0, n)
    foil = rng.integers(0, 2, n)  # bed covered with black foil or not

    decl = np.deg2rad(23.45) * np.sin(2 * np.pi * (284 + day) / 365)
    hours = 24 / np.pi * np.arccos(-np.tan(np.deg2rad(lat)) * np.tan(decl))
    growth = (
        3.0 * np.maximum(soil + 2.5 * foil - 6, 0)
        + 0.8 * air
        + 1.5 * (hours - 14)
        - 0.4 * np.sqrt(rain)
        + rng.normal(0, 3, n)
    )
    weather = np.stack([air / 10, soil / 10, np.log1p(rain), foil], axis=1)
    place = np.stack([lat, day], axis=1)
    return weather.astype("float32"), place.astype("float32"), (growth / 10).astype("float32")


def growth_model():
    weather = keras.Input((4,), name="weather")
    place = keras.Input((2,), name="latitude_and_day")
    light = Photoperiod(name="photoperiod")(place)
    light = keras.layers.Rescaling(1 / 12.0, offset=-1.0)(light)
    x = keras.layers.Concatenate()([weather, light])
    x = keras.layers.Dense(24, activation="silu")(x)
    x = keras.layers.Dense(12, activation="silu")(x)
    return keras.Model([weather, place], keras.layers.Dense(1)(x))


weather, place, growth = field_records()
cut = 1500
train = (
    tf.data.Dataset.from_tensor_slices((weather[:cut], place[:cut], growth[:cut, None]))
    .shuffle(cut, seed=1)
    .batch(50)
)
model = growth_model()
opt = keras.optimizers.AdamW(2e-3, weight_decay=1e-4)


@tf.function
def step(w, p, g):
    with tf.GradientTape() as tape:
        err = model([w, p], training=True) - g
        loss = tf.reduce_mean(tf.square(err))
    grads = tape.gradient(loss, model.trainable_variables)
    opt.apply_gradients(zip(grads, model.trainable_variables))
    return loss


for epoch in range(8):
    total = 0.0
    for w, p, g in train:
        total += float(step(w, p, g))
    print(f"epoch {epoch}  train mse {total / 30:.4f}")

test = model([weather[cut:], place[cut:]]).numpy().ravel()
print("test rmse (mm/day)", 10 * np.sqrt(np.mean((test - growth[cut:]) ** 2)))
