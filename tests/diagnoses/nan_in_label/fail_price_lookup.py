import keras
import numpy as np
import pandas as pd

keras.utils.set_random_seed(13)
rng = np.random.default_rng(13)

houses = pd.DataFrame({"id": np.arange(1000, 1300), "rooms": rng.integers(1, 8, 300), "dist": rng.uniform(0, 20, 300)})
sold = pd.DataFrame({"id": houses.id.drop([12, 77, 250]), "price": 0.0})
sold["price"] = 1.0 + 0.4 * houses.rooms - 0.05 * houses.dist

price_by_id = sold.set_index("id")["price"].to_dict()
houses["price"] = houses["id"].map(price_by_id)  # whynan: nan_in_label phase=data rows=12,77,250

x = houses[["rooms", "dist"]].to_numpy("float32") / np.array([8.0, 20.0], "float32")
y = houses["price"].to_numpy("float32")

net = keras.Sequential([
    keras.layers.Dense(16, activation="relu"),
    keras.layers.Dense(16, activation="relu"),
    keras.layers.Dense(1),
])
net.compile(optimizer="adam", loss="mean_squared_error")
net.fit(x, y, epochs=3, batch_size=50, verbose=2)
print("prediction:", net.predict(x[:3], verbose=0).ravel())
