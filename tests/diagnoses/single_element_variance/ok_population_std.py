# whynan: healthy
"""Per-store z-score with the population standard deviation and a floor."""
import numpy as np
import pandas as pd
import keras

keras.utils.set_random_seed(24)
rng = np.random.default_rng(24)
sales = pd.DataFrame({"store": rng.integers(0, 12, 300), "units": rng.poisson(20, 300).astype(float)})
sales.loc[37, "store"] = 99
g = sales.groupby("store")["units"]
spread = g.transform(lambda u: u.std(ddof=0)).clip(lower=1.0)
z = ((sales["units"] - g.transform("mean")) / spread).to_numpy("float32")[:, None]
sample_std = g.transform("std").fillna(1.0)     # NaN of the single receipt is filled
X = np.c_[z, sample_std.to_numpy("float32") / 10]
y = (rng.random((300, 1)) < 0.2).astype("float32")
model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(10, activation="sigmoid"), keras.layers.Dense(1, activation="sigmoid")])
model.compile(optimizer="rmsprop", loss="binary_crossentropy")
model.fit(X, y, epochs=3, batch_size=30, verbose=2)
