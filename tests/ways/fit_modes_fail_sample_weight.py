import keras
import numpy as np
import pandas as pd

keras.utils.set_random_seed(121)

df = pd.DataFrame(np.random.normal(size=(200, 3)), columns=["a", "b", "c"])
df["y"] = df.a * 2 - df.c
df["last_seen_days"] = np.random.randint(1, 90, 200)
df.loc[126, "last_seen_days"] = 0

# recent rows count more
weight = (1 / np.sqrt(df.last_seen_days)).to_numpy("float32")  # whynan: divide_by_zero phase=data rows=126 also=inf_in_input

model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(8, activation="relu"), keras.layers.Dense(1)])
model.compile("adam", "mse")
model.fit(df[["a", "b", "c"]].to_numpy(), df.y.to_numpy(), sample_weight=weight, epochs=2, batch_size=40, verbose=2, shuffle=False)
