# whynan: side_nonfinite
import keras
import numpy as np
import pandas as pd

keras.utils.set_random_seed(8)
rng = np.random.default_rng(8)
load = 2 + np.sin(np.arange(300) / 12.0) + rng.normal(0, 0.1, 300)
frame = pd.DataFrame({"t0": load, "t1": np.roll(load, 1), "t2": np.roll(load, 2)})
frame["next"] = frame.t0.shift(-1)
train, valid = frame.iloc[5:240], frame.iloc[240:]
cols = ["t0", "t1", "t2"]

model = keras.Sequential([keras.layers.Dense(12, activation="tanh"), keras.layers.Dense(1)])
model.compile("adam", "mse")
model.fit(
    train[cols].to_numpy("float32"), train["next"].to_numpy("float32"),
    validation_data=(valid[cols].to_numpy("float32"), valid["next"].to_numpy("float32")),
    epochs=5, batch_size=47, verbose=2,
)
