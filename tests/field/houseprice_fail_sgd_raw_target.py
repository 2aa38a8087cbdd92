# Ames-like house prices. Inputs are scaled, so what else could be wrong?
import keras
import numpy as np
from keras import layers
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(1)
rng = np.random.default_rng(1)

n = 600
sqft = rng.normal(1500, 400, n)
qual = rng.integers(1, 11, n)
year = rng.integers(1900, 2010, n)
garage = rng.integers(0, 4, n)
lot = rng.lognormal(9, 0.4, n)
sale_price = 120 * sqft + 22_000 * qual + 300 * (year - 1900) + 9_000 * garage + rng.normal(0, 15_000, n)

X = StandardScaler().fit_transform(np.column_stack([sqft, qual, year, garage, lot])).astype("float32")
y = sale_price.astype("float32")


def build():
    m = keras.Sequential(name="ames")
    m.add(keras.Input((5,)))
    for units in (32,):
        m.add(layers.Dense(units))
        m.add(layers.LeakyReLU(negative_slope=0.2))
    m.add(layers.Dense(1))
    return m


model = build()
model.compile(optimizer=keras.optimizers.SGD(learning_rate=0.1), loss="mean_squared_error")
model.fit(X, y, batch_size=32, epochs=3, verbose=2)  # whynan: unscaled_target phase=loss also=exploding_gradient,learning_rate_too_high
