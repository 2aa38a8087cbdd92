import numpy as np
import pandas as pd
import keras

keras.utils.set_random_seed(24)
rng = np.random.default_rng(24)
sales = pd.DataFrame({
    "store": rng.integers(0, 12, 300),
    "units": rng.poisson(20, 300).astype(float),
    "price": rng.uniform(1, 9, 300),
})
sales.loc[37, "store"] = 99       # opened this week, one receipt so far
by_store = sales.groupby("store")["units"]
spread = by_store.transform("std")  # whynan: single_element_variance phase=data also=nan_in_input rows=37
sales["units_z"] = (sales["units"] - by_store.transform("mean")) / spread
sales["returned"] = (rng.random(300) < 0.2).astype(float)

model = keras.Sequential([
    keras.Input((2,)),
    keras.layers.Dense(10, activation="sigmoid"),
    keras.layers.Dense(1, activation="sigmoid"),
])
model.compile(optimizer="rmsprop", loss="binary_crossentropy")
model.fit(
    sales[["units_z", "price"]].to_numpy("float32"),
    sales[["returned"]].to_numpy("float32"),
    epochs=2, batch_size=30, verbose=2, shuffle=False,
)
