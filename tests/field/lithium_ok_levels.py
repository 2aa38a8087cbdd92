# Predict serum lithium from the lab export (therapeutic drug monitoring),
# one-compartment kinetics hidden in the data, small network on top
import numpy as np
import pandas as pd
import keras
from keras import layers
from sklearn.metrics import r2_score

keras.utils.set_random_seed(33)
rng = np.random.default_rng(33)


def lab_export(n=2400):
    start = pd.Timestamp("2022-01-03").timestamp()
    taken = start + rng.uniform(0, 2 * 365 * 86400, n)
    age = rng.normal(48, 14, n).clip(18, 88)
    weight = rng.normal(78, 14, n).clip(42, 140)
    egfr = (118 - 0.75 * (age - 20) + rng.normal(0, 11, n)).clip(25, 130)
    dose = rng.choice([300, 450, 600, 900, 1200], n)            # mg Li2CO3, once daily
    hours = rng.normal(12, 1.5, n).clip(8, 20)

    cl = 0.25 * egfr * 60 / 1000 * np.exp(rng.normal(0, 0.08, n))   # l/h
    v = 0.7 * weight
    k = cl / v
    mmol = dose * 0.0271
    level = mmol / v * np.exp(-k * hours) / (1 - np.exp(-k * 24))
    return pd.DataFrame(dict(sample_ts=taken, dose_mg=dose, hours_since_dose=hours,
                             weight_kg=weight, egfr=egfr, age=age, li_mmol_l=level))


df = lab_export()
print(df.describe().T[["mean", "std", "min", "max"]])
print(df.corr()["li_mmol_l"].round(2).to_dict())

cols = ["sample_ts", "dose_mg", "hours_since_dose", "weight_kg", "egfr", "age"]
X = df[cols].to_numpy(dtype="float32")
log_level = np.log(df["li_mmol_l"].to_numpy())
y = ((log_level - log_level.mean()) / log_level.std()).astype("float32")

n_train = 1900
X_tr, y_tr = X[:n_train], y[:n_train]
X_te, y_te = X[n_train:], y[n_train:]

model = keras.Sequential([
    keras.Input((len(cols),)),
    layers.Dense(48, activation="tanh"),
    layers.Dense(24, activation="tanh"),
    layers.Dense(1),
])
model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="mse")
history = model.fit(X_tr, y_tr, batch_size=50, epochs=30,  # whynan: unstable
                    validation_data=(X_te, y_te), verbose=2)

pred = model.predict(X_te, verbose=0)[:, 0]
print("R2 on the last patients:", r2_score(y_te, pred))
level = np.exp(pred * log_level.std() + log_level.mean())
for lo, hi in [(0, 0.4), (0.4, 0.6), (0.6, 0.8), (0.8, 1.0), (1.0, 9)]:
    print(f"predicted {lo}-{hi} mmol/l: {int(((level >= lo) & (level < hi)).sum())}")
