"""
Value-added model for a school district: predict the spring reading score
from autumn scores expressed relative to the pupil's own class.
"""
import numpy as np
import pandas as pd
import tensorflow as tf
import keras

keras.utils.set_random_seed(2024)
rng = np.random.default_rng(2024)


def make_pupils():
    sizes = [24] * 20 + [1] + [22] * 10 + [1]
    klass = np.repeat(np.arange(len(sizes)), sizes)
    n = len(klass)
    level = rng.normal(0, 6, len(sizes))[klass]
    ability = rng.normal(0, 1, n)
    df = pd.DataFrame({
        "class_id": ["C%02d" % k for k in klass],
        "autumn_reading": 100 + level + 12 * ability + rng.normal(0, 4, n),
        "autumn_maths": 98 + level + 9 * ability + rng.normal(0, 6, n),
        "days_absent": rng.poisson(5, n),
        "age_months": rng.integers(96, 109, n),
        "free_meals": rng.random(n) < 0.22,
    })
    df["spring_reading"] = (
        0.8 * df.autumn_reading + 0.15 * df.autumn_maths + 9
        - 0.6 * df.days_absent + rng.normal(0, 4, n)
    )
    return df


def zscore(s):
    return (s - s.mean()) / s.std()  # whynan: single_element_variance phase=data also=nan_in_input rows=480,701


def build_features(df):
    g = df.groupby("class_id")
    out = pd.DataFrame(index=df.index)
    out["reading_rel"] = g["autumn_reading"].transform(zscore)
    out["maths_rel"] = g["autumn_maths"].transform(zscore)
    out["class_mean"] = (g["autumn_reading"].transform("mean") - 100) / 10
    out["class_size"] = g["autumn_reading"].transform("size") / 25
    out["absent"] = df["days_absent"] / 10
    out["age"] = (df["age_months"] - 102) / 6
    out["meals"] = df["free_meals"].astype(float)
    return out


pupils = make_pupils()
features = build_features(pupils)
print(features.describe().loc[["mean", "std", "min", "max"]].round(2))

X = features.to_numpy("float32")
y = ((pupils["spring_reading"] - 100) / 15).to_numpy("float32")[:, None]

inp = keras.Input((X.shape[1],))
h = keras.layers.Dense(32, activation="elu")(inp)
h = keras.layers.Dropout(0.1)(h)
h = keras.layers.Dense(16, activation="elu")(h)
model = keras.Model(inp, keras.layers.Dense(1)(h))
opt = keras.optimizers.AdamW(2e-3, weight_decay=1e-4)
huber = keras.losses.Huber(delta=1.0)

order = np.arange(len(X))
for epoch in range(8):
    rng.shuffle(order)
    running = 0.0
    steps = 0
    for lo in range(0, len(order), 48):
        idx = order[lo:lo + 48]
        with tf.GradientTape() as tape:
            pred = model(X[idx], training=True)
            loss = huber(y[idx], pred)
        grads = tape.gradient(loss, model.trainable_weights)
        opt.apply(grads, model.trainable_weights)
        running += float(loss)
        steps += 1
    print(f"epoch {epoch + 1}: huber {running / steps:.4f}")

resid = y - model.predict(X, verbose=0)
pupils["residual"] = resid[:, 0] * 15
print(pupils.groupby("class_id")["residual"].mean().sort_values().head())
