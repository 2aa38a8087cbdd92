import numpy as np
import pandas as pd
from tensorflow import keras

keras.utils.set_random_seed(94)

orders = pd.DataFrame({
    "customer": np.random.randint(0, 40, 300),
    "basket": np.random.gamma(3, 12, 300),
})
profiles = pd.DataFrame({"customer": np.arange(39), "discount": np.random.uniform(0, 0.3, 39)})   # nobody has number 39

table = orders.merge(profiles, on="customer", how="left")  # whynan: nan_in_input phase=data also=nan_in_label
table["paid"] = table.basket * (1 - table.discount.fillna(0))

features = table[["basket", "discount"]].to_numpy("float32") / [100.0, 1.0]
target = table.paid.to_numpy("float32") / 100

model = keras.Sequential([
    keras.layers.Input(shape=(2,)),
    keras.layers.Dense(10, activation="sigmoid"),
    keras.layers.Dense(1),
])
model.compile(optimizer="adam", loss="mean_absolute_error")
model.fit(features, target, epochs=3, verbose=2)
