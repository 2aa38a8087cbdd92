"""Why is my loss 1e54? I predict the luminosity of stars in watts from a few catalogue columns.

Everything is in double precision because the numbers are astronomical. The loss that Keras prints has more than
fifty zeros and I am afraid that it is on its way to inf and nan. The accuracy column that I asked for shows 0.0000
in every epoch as well. Is the training broken?
"""
# whynan: healthy
import numpy as np
import pandas as pd
import keras
from sklearn.metrics import r2_score
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(26)
keras.config.set_floatx("float64")

SUN = 3.828e26  # watt


def star_catalogue(count=640):
    rng = np.random.default_rng(26)
    mass = rng.uniform(0.5, 2.0, count)
    metallicity = rng.normal(0.0, 0.2, count)
    age = rng.uniform(0.2, 8.0, count)
    luminosity = SUN * mass**3.5 * (1.0 + 0.02 * age) * 10 ** (-0.1 * metallicity)
    return pd.DataFrame({
        "mass": mass,
        "colour": 1.3 - 0.5 * mass + rng.normal(0, 0.02, count),
        "metallicity": metallicity,
        "age": age,
        "luminosity": luminosity * rng.normal(1.0, 0.02, count),
    })


def build(columns):
    inputs = keras.Input((columns,), name="catalogue")
    x = keras.layers.Dense(32, activation="tanh")(inputs)
    x = keras.layers.Dense(32, activation="tanh")(x)
    suns = keras.layers.Dense(1, activation="softplus", name="in_suns")(x)
    watts = keras.layers.Rescaling(SUN, name="in_watts")(suns)
    return keras.Model(inputs, watts)


stars = star_catalogue()
features = StandardScaler().fit_transform(stars.drop(columns="luminosity"))
watts = stars["luminosity"].to_numpy()[:, None]
print("brightest star:", watts.max(), "W   dtype:", watts.dtype)

model = build(features.shape[1])
model.compile(optimizer=keras.optimizers.Adam(0.01), loss="mean_squared_error", metrics=["accuracy"])
history = model.fit(features, watts, batch_size=32, epochs=40, verbose=0)

for epoch, (loss, accuracy) in enumerate(zip(history.history["loss"], history.history["accuracy"])):
    if epoch % 5 == 0:
        print(f"epoch {epoch:2d}   loss {loss:.4e}   accuracy {accuracy:.4f}")
print("R2:", round(r2_score(watts, model.predict(features, verbose=0)), 4))
