"""Linear regression for flat prices with Keras (week 3). Our tutor said scaling can be done inside of the network, so a
BatchNormalization comes first and no StandardScaler is needed. It should only standardise and not learn anything, the
weights of the regression must stay readable. Loss: 1e+25, then inf, then nan, all in the first epoch.
"""
import keras
import numpy as np
import pandas as pd
from keras import layers

keras.utils.set_random_seed(77)
rng = np.random.default_rng(77)

n = 900
flats = pd.DataFrame()
flats["living_area"] = np.round(rng.normal(86, 28, n).clip(22, 240), 1)
flats["rooms"] = np.maximum(1, np.round(flats["living_area"] / 27 + rng.normal(0, 0.5, n)))
flats["year_built"] = rng.integers(1890, 2021, n)
flats["metres_to_centre"] = np.round(rng.gamma(2.0, 2600, n))
flats["district_income"] = np.round(rng.normal(46000, 9000, n).clip(18000, 90000))
price = (
    2900 * flats["living_area"]
    + 500 * (flats["year_built"] - 1950)
    - 7 * flats["metres_to_centre"]
    + 2.1 * flats["district_income"]
    + rng.normal(0, 25000, n)
)
flats["price_100k"] = price / 100000      # scaled target
print(flats.describe().round(2))

train = flats.sample(frac=0.8, random_state=77)
test = flats.drop(train.index)
X_train = train.drop(columns="price_100k").to_numpy("float32")
y_train = train["price_100k"].to_numpy("float32")
X_test = test.drop(columns="price_100k").to_numpy("float32")
y_test = test["price_100k"].to_numpy("float32")

# no gamma, no beta: pure (x - mean) / std
scaling = layers.BatchNormalization(center=False, scale=False, name="scaling")
scaling.trainable = False

model = keras.Sequential(name="price_model")
model.add(layers.Input((X_train.shape[1],)))
model.add(scaling)
model.add(layers.Dense(1, name="regression"))
model.summary()

model.compile(optimizer=keras.optimizers.SGD(learning_rate=0.01), loss="mse", metrics=["mae"])
model.fit(X_train, y_train, epochs=5, batch_size=32, verbose=2)  # whynan: unscaled_input phase=loss also=exploding_gradient,learning_rate_too_high

print("test:", model.evaluate(X_test, y_test, verbose=0))
for name, w in zip(flats.columns, model.get_layer("regression").get_weights()[0].ravel()):
    print(f"{name:>18s} {w: .4f}")
