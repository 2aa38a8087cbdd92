import keras
import numpy as np
import pandas as pd
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(8)
rng = np.random.default_rng(8)
houses = pd.DataFrame({
    "year_built": rng.integers(1900, 2020, 400),
    "lot_sqft": rng.gamma(3.0, 4000.0, 400),
    "bedrooms": rng.integers(1, 6, 400),
    "tax_value": rng.gamma(4.0, 60000.0, 400),
})
houses["log_price"] = np.log10(houses.tax_value * 1.3 + 9 * houses.lot_sqft) + rng.normal(0, 0.02, 400)

train, test = train_test_split(houses, test_size=0.2, random_state=8)
x_train = train.drop(columns="log_price").to_numpy("float32")
y_train = train["log_price"].to_numpy("float32")

model = keras.Sequential([
    keras.Input((4,)),
    keras.layers.Dense(16, activation="leaky_relu"),
    keras.layers.Dense(8, activation="leaky_relu"),
    keras.layers.Dense(1),
])
model.compile(optimizer=keras.optimizers.SGD(0.01), loss="mse")
model.fit(x_train, y_train, epochs=3, batch_size=40, verbose=2)  # whynan: unscaled_input phase=loss also=exploding_gradient
