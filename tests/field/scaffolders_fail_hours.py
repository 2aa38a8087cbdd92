# Quote helper: how many man hours does it take to put up a scaffold?
import numpy as np
import pandas as pd
import tensorflow as tf
import keras
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(404)
rng = np.random.default_rng(404)


def job_sheet(n=1500):
    df = pd.DataFrame({
        "facade_m2": rng.gamma(3, 90, n).round(),
        "lifts": rng.integers(1, 9, n),
        "crew": rng.integers(2, 7, n),
        "wind_ms": rng.gamma(2, 2.2, n).round(1),
        "yard_km": rng.uniform(1, 80, n).round(1),
        "kind": rng.choice(["facade", "birdcage", "tower", "bridge"], n),
        "sheeting": rng.random(n) < 0.3,
    })
    kind = df["kind"].map({"facade": 1.0, "birdcage": 1.3, "tower": 0.8, "bridge": 1.5})
    df["hours"] = (
        (4 + 0.09 * df["facade_m2"] + 1.1 * df["lifts"]) * kind
        * (1 + 0.02 * df["wind_ms"]) * rng.lognormal(0, 0.12, n) + 0.03 * df["yard_km"]
    ).round(1)
    # foremen do not always fill in the whole sheet
    df.loc[rng.random(n) < 0.06, "wind_ms"] = np.nan
    df.loc[rng.random(n) < 0.03, "yard_km"] = np.nan
    df.loc[rng.random(n) < 0.02, "hours"] = np.nan
    return df


def rmsle(y_true, y_pred):
    gap = tf.math.log1p(y_true) - tf.math.log1p(y_pred)  # whynan: label_out_of_range phase=loss also=log_of_negative
    return tf.sqrt(tf.reduce_mean(tf.square(gap)))


jobs = job_sheet()
numeric = jobs.select_dtypes("number").columns
jobs[numeric] = jobs[numeric].fillna(-999)
jobs["no_wind"] = (jobs["wind_ms"] < 0).astype("float64")
jobs = pd.get_dummies(jobs, columns=["kind"], dtype="float64")
jobs["sheeting"] = jobs["sheeting"].astype("float64")

target = jobs.pop("hours").to_numpy("float32")[:, None]
X_tr, X_te, y_tr, y_te = train_test_split(jobs.to_numpy("float64"), target, test_size=0.2, random_state=1)
scaler = StandardScaler().fit(X_tr)
X_tr = scaler.transform(X_tr).astype("float32")
X_te = scaler.transform(X_te).astype("float32")
print("training jobs:", X_tr.shape, "held out:", X_te.shape)

inputs = keras.Input((X_tr.shape[1],))
h = keras.layers.Dense(48, activation="gelu")(inputs)
h = keras.layers.Dropout(0.1)(h)
h = keras.layers.Dense(24, activation="gelu")(h)
outputs = keras.layers.Dense(1, activation="softplus")(h)
model = keras.Model(inputs, outputs)
model.compile(optimizer=keras.optimizers.Adam(3e-3), loss=rmsle)

BATCH = 50
for epoch in range(10):
    order = rng.permutation(len(X_tr))
    seen = []
    for start in range(0, len(order), BATCH):
        pick = order[start:start + BATCH]
        seen.append(float(model.train_on_batch(X_tr[pick], y_tr[pick])))
    print(f"epoch {epoch:2d}  rmsle {np.mean(seen):.4f}")

guess = model.predict(X_te[:5], verbose=0)
for g, t in zip(guess[:, 0], y_te[:5, 0]):
    print(f"quoted {g:7.1f} h, took {t:7.1f} h")
