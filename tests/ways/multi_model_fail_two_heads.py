"""Flats: predict the rent (log euros) and whether it is furnished."""
import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(61)
n = 256
size = np.random.uniform(18, 120, n)
floor = np.random.randint(0, 8, n)
rent = 9.5 * size + 12 * floor + np.random.normal(0, 60, n)
rent[[19]] = -1                       # "price on request"
furnished = (np.random.rand(n) < 0.3).astype("float32")

features = np.stack([size / 100, floor / 10], axis=1).astype("float32")
log_rent = np.log(rent).astype("float32")  # whynan: nan_in_label phase=data rows=19 also=log_of_negative

inp = keras.Input((2,))
h = layers.Dense(16, activation="relu")(inp)
out_rent = layers.Dense(1, name="rent")(h)
out_furn = layers.Dense(1, activation="sigmoid", name="furnished")(h)

model = keras.Model(inp, {"rent": out_rent, "furnished": out_furn})
model.compile(
    optimizer="adam",
    loss={"rent": "mse", "furnished": "binary_crossentropy"},
    loss_weights={"rent": 1.0, "furnished": 0.2},
)
model.fit(features, {"rent": log_rent, "furnished": furnished}, epochs=3, verbose=2, shuffle=False)
