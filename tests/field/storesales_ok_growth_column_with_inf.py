"""Weekly sales of 40 stores.  The loss is 40 million in the first epoch, and df.describe()
shows inf and NaN for one column.  Is this network broken?  (It prints no nan so far.)
"""
# whynan: healthy
import keras
import numpy as np
import pandas as pd
from keras import layers

keras.utils.set_random_seed(2)
FEATURES = ["size_m2", "promo", "holiday", "temperature", "rival_km", "season_sin", "season_cos"]


def weekly_table(stores=40, weeks=60):
    r = np.random.default_rng(2)
    frames = []
    for store in range(stores):
        week = np.arange(weeks)
        size = r.uniform(300, 1800)
        rival = r.exponential(3.0)
        promo = r.integers(0, 2, weeks)
        holiday = (week % 13 == 0).astype(int)
        temperature = 11 - 9 * np.cos(2 * np.pi * week / 52) + r.normal(0, 2, weeks)
        sales = (
            1500 + 3.6 * size + 900 * promo + 1300 * holiday + 60 * temperature + 120 * min(rival, 8)
        ) * r.lognormal(0, 0.06, weeks)
        if store % 9 == 4:  # closed for rebuilding
            begin = r.integers(10, 40)
            sales[begin : begin + 3] = 0.0
        frames.append(
            pd.DataFrame(
                {
                    "store": store,
                    "week": week,
                    "size_m2": size,
                    "promo": promo,
                    "holiday": holiday,
                    "temperature": temperature,
                    "rival_km": rival,
                    "sales": sales,
                }
            )
        )
    return pd.concat(frames, ignore_index=True)


df = weekly_table()
df["season_sin"] = np.sin(2 * np.pi * df["week"] / 52)
df["season_cos"] = np.cos(2 * np.pi * df["week"] / 52)
# for the plots only
df["growth"] = df.groupby("store")["sales"].pct_change()
df["log_sales"] = np.log(df["sales"])
print("inf in growth:", int(np.isinf(df["growth"]).sum()), " nan:", int(df["growth"].isna().sum()))
print("-inf in log_sales:", int(np.isneginf(df["log_sales"]).sum()))

X = df[FEATURES]
X = ((X - X.mean()) / X.std()).to_numpy("float32")
y = df["sales"].to_numpy("float32").reshape(-1, 1)

inputs = keras.Input((len(FEATURES),))
h = layers.Dense(64, activation="relu")(inputs)
h = layers.Dense(64, activation="relu")(h)
model = keras.Model(inputs, layers.Dense(1)(h))
model.compile(optimizer=keras.optimizers.Adam(0.01), loss="mse")
history = model.fit(X, y, batch_size=64, epochs=15, verbose=2)

first, last = history.history["loss"][0], history.history["loss"][-1]
print(f"loss from {first:,.0f} to {last:,.0f}, about {last ** 0.5:,.0f} euro per store and week")
