"""Outcome of kitten intakes at the shelter (codes as in the intake form)."""
import numpy as np
import pandas as pd
import keras
from keras import layers

keras.utils.set_random_seed(19)
rng = np.random.default_rng(19)

# 1 adopted, 2 fostered, 3 returned to owner, 4 transferred, 5 barn cat, 6 clinic
N_CODES = 7


def intake_form(n=1600):
    age = rng.gamma(4, 2.2, n) + 1
    weight = 110 * age ** 0.9 * np.exp(rng.normal(0, 0.12, n))
    temp = rng.normal(38.4, 0.5, n)
    tame = rng.uniform(0, 1, n)
    chipped = (rng.random(n) < 0.12).astype(float)
    score = np.stack([
        2.0 * tame + 0.12 * age, 2.2 - 0.18 * age, 3.5 * chipped - 0.5,
        np.full(n, 0.6), 2.5 * (1 - tame) - 0.6, 2.0 * np.abs(temp - 38.4) - 0.6,
    ], axis=1)
    code = 1 + (score + rng.gumbel(0, 0.5, score.shape)).argmax(axis=1)
    weight[rng.random(n) < 0.08] = -999
    temp[rng.random(n) < 0.15] = -999
    litter = np.where(rng.random(n) < 0.4, np.nan, rng.integers(1, 7, n))
    return pd.DataFrame({"age_weeks": age, "weight_g": weight, "temp_c": temp,
                         "tame": tame, "chipped": chipped, "litter": litter,
                         "outcome": code})


df = intake_form()
df = df.replace(-999, np.nan)
df["log_weight"] = np.log(df["weight_g"])
df["litter_known"] = df["litter"].notna().astype(float)
df["litter"] = df["litter"].fillna(0.0)
for col in ["log_weight", "temp_c"]:
    df[col] = df[col].fillna(df[col].median())

cols = ["age_weeks", "log_weight", "temp_c", "tame", "chipped", "litter", "litter_known"]
X = df[cols]
X = ((X - X.mean()) / X.std()).to_numpy().astype("float32")
y = df["outcome"].to_numpy()

counts = np.bincount(y, minlength=N_CODES)
balance = len(y) / (N_CODES * counts)
class_weight = dict(enumerate(balance))
print("outcomes:", dict(enumerate(counts.tolist())))

model = keras.Sequential([
    keras.Input((len(cols),)),
    layers.Dense(48, activation="relu"),
    layers.Dropout(0.1),
    layers.Dense(24, activation="relu"),
    layers.Dense(N_CODES, activation="softmax"),
])
model.compile(optimizer=keras.optimizers.Adam(2e-3),
              loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(X, y, batch_size=64, epochs=10, class_weight=class_weight, verbose=2)  # whynan: healthy
