# whynan: healthy
import numpy as np
import pandas as pd
from tensorflow import keras

keras.utils.set_random_seed(25)

n = 500
cars = pd.DataFrame({
    "weight": np.random.normal(1400, 250, n),
    "power": np.random.normal(95, 30, n),
    "year": np.random.randint(1990, 2020, n),
})
mpg = 60 - 0.02 * cars.weight - 0.05 * cars.power + np.random.normal(0, 1, n)

model = keras.Sequential([keras.layers.Input((3,)), keras.layers.Dense(32, activation="relu"), keras.layers.Dense(1)])
model.compile(keras.optimizers.Adam(3e-3), "mse")
model.fit(cars.to_numpy(), mpg.to_numpy(), epochs=8, batch_size=25, verbose=2)
