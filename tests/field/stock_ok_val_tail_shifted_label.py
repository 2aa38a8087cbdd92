"""Target is the return five days ahead: shift(-5) leaves NaN in the last five rows, which only the validation split sees."""
# whynan: side_nonfinite
import keras
import numpy as np
import pandas as pd
from keras import layers

keras.utils.set_random_seed(56)
rng = np.random.default_rng(56)

HORIZON = 5
price = pd.Series(50 * np.exp(np.cumsum(rng.normal(0, 0.01, 500))))
df = pd.DataFrame({"price": price})
df["mom"] = (df["price"] / df["price"].rolling(10).mean() - 1) * 50
df["vol"] = df["price"].pct_change().rolling(10).std() * 100
df = df.dropna().reset_index(drop=True)                 # warm-up rows are gone
df["target"] = (df["price"].shift(-HORIZON) / df["price"] - 1) * 100

X = df[["mom", "vol"]].to_numpy("float32")
y = df["target"].to_numpy("float32")

model = keras.Sequential([
    keras.Input((2,)),
    layers.Dense(16, activation="tanh"),
    layers.Dense(1),
])
model.compile(optimizer="adam", loss="mse")
model.fit(X, y, validation_split=0.2, epochs=5, batch_size=32, verbose=2)
