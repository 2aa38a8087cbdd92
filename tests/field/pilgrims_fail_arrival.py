# how long do pilgrims stay in our albergue (nights x 10)? first try with keras
import numpy as np
import pandas as pd
import keras
from keras import layers

keras.utils.set_random_seed(1211)
rng = np.random.default_rng(1211)

n = 1600
opening = pd.Timestamp("2023-04-01 14:00")
hours = np.sort(rng.uniform(0, 24 * 190, n))
book = pd.DataFrame({
    "arrival": (opening + pd.to_timedelta(np.round(hours * 60), unit="min")).astype("datetime64[us]"),
    "nation": rng.choice(["ES", "DE", "FR", "IT", "KR", "US"], n, p=[.35, .2, .15, .12, .08, .1]),
    "by": rng.choice(["foot", "bike", "horse"], n, p=[.85, .14, .01]),
    "age": rng.integers(16, 82, n),
    "km_walked": rng.gamma(4, 60, n).round(),
    "group": rng.poisson(0.8, n) + 1,
})
summer = np.cos(2 * np.pi * (book["arrival"].dt.dayofyear - 200) / 365)
book["stay"] = (
    11 + 2 * (book["by"] == "foot") + 0.05 * (book["age"] - 40) + 0.004 * book["km_walked"]
    - 1.5 * summer + rng.normal(0, 1.5, n)
).clip(lower=3)

# --- prepare -----------------------------------------------------------------
book["arrival"] = book["arrival"].astype("int64")
book["weekday"] = pd.to_datetime(book["arrival"], unit="us").dt.dayofweek
for c in ("age", "km_walked", "group"):
    book[c] = (book[c] - book[c].mean()) / book[c].std()
nation = book["nation"].astype("category").cat.codes.to_numpy("int32")
by = pd.get_dummies(book["by"]).to_numpy("float32")
num = book[["arrival", "weekday", "age", "km_walked", "group"]].to_numpy("float32")
stay = book["stay"].to_numpy("float32")

mix = rng.permutation(n)
tr, te = mix[:1300], mix[1300:]

# --- model -------------------------------------------------------------------
in_num = layers.Input((num.shape[1],), name="num")
in_by = layers.Input((by.shape[1],), name="by")
in_nat = layers.Input((1,), dtype="int32", name="nation")
emb = layers.Flatten()(layers.Embedding(6, 3)(in_nat))
h = layers.Concatenate()([in_num, in_by, emb])
h = layers.Dense(32, activation="relu")(h)
h = layers.Dense(16, activation="relu")(h)
out = layers.Dense(1)(h)
model = keras.Model([in_num, in_by, in_nat], out)
model.compile(optimizer="adam", loss="mse")
model.summary()

model.fit([num[tr], by[tr], nation[tr][:, None]], stay[tr], batch_size=32, epochs=10, verbose=2)  # whynan: unscaled_input phase=update

p = model.predict([num[te], by[te], nation[te][:, None]], verbose=0)[:, 0]
print("off by", np.mean(np.abs(p - stay[te])) / 10, "nights on average")
