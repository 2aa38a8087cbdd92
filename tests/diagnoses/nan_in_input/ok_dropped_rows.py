# whynan: healthy
import keras
import numpy as np
import pandas as pd

keras.utils.set_random_seed(4)
rng = np.random.default_rng(4)
df = pd.DataFrame({
    "temp": rng.normal(15, 8, 400),
    "humidity": rng.uniform(20, 95, 400),
    "wind": rng.gamma(2, 4, 400),
    "station_note": np.nan,
})
df["demand"] = 50 + 0.8 * (df.temp - 18) ** 2 / 10 + rng.normal(0, 2, 400)
df.loc[rng.choice(400, 25, replace=False), "wind"] = np.nan
df["lag1"] = df.demand.shift(1)
print(df.isna().sum())

clean = df.drop(columns="station_note").dropna()
x = clean.drop(columns="demand").to_numpy("float32")
y = clean["demand"].to_numpy("float32")
x = (x - x.mean(0)) / x.std(0)
y = (y - y.mean()) / y.std()

model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(24, activation="relu"), keras.layers.Dense(1)])
model.compile(keras.optimizers.Adam(0.01), "mse")
print(model.fit(x, y, epochs=8, batch_size=32, verbose=0).history["loss"])
