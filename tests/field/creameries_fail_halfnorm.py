import numpy as np
import pandas as pd
import keras
from keras import layers

keras.utils.set_random_seed(31)
keras.mixed_precision.set_global_policy("mixed_float16")
rng = np.random.default_rng(31)

# ---------------------------------------------------------------- data
# one row per creamery: will the yearly hygiene audit find something?
n = 1200
df = pd.DataFrame({
    "litres_day": rng.gamma(3.0, 3600.0, n).clip(400, 38000).round(),
    "suppliers": rng.integers(3, 90, n),
    "fat_pct": rng.normal(4.0, 0.25, n),
    "staff": rng.integers(2, 60, n),
    "age_years": rng.integers(1, 70, n),
})
# the three dairies that also fill milk for supermarkets
df.loc[[214, 633, 871], "litres_day"] = [78000.0, 94500.0, 71200.0]

logit = (
    -0.9
    + 0.03 * (df.age_years - 30)
    + 0.02 * (df.suppliers - 45)
    - 0.03 * (df.staff - 30)
)
df["finding"] = (rng.random(n) < 1 / (1 + np.exp(-logit))).astype("float32")

COLUMNS = ["litres_day", "suppliers", "fat_pct", "staff", "age_years"]
X = df[COLUMNS].to_numpy("float32")
y = df["finding"].to_numpy("float32")
assert np.isfinite(X).all()

# --------------------------------------------------------------- model
norm = layers.Normalization()
norm.adapt(X)

inputs = keras.Input((len(COLUMNS),))
x = norm(inputs)
x = layers.Dense(48, activation="swish")(x)
x = layers.Dropout(0.2)(x)
x = layers.Dense(24, activation="swish")(x)
outputs = layers.Dense(1, activation="sigmoid", dtype="float32")(x)
model = keras.Model(inputs, outputs)

model.compile(
    optimizer=keras.optimizers.Adam(2e-3),
    loss="binary_crossentropy",
    metrics=[keras.metrics.BinaryAccuracy(name="acc")],
)

history = model.fit(  # whynan: float16_overflow phase=forward|data rows=214,633,871
    X, y,
    validation_split=0.2,
    batch_size=32,
    epochs=8,
    callbacks=[keras.callbacks.ReduceLROnPlateau(patience=3, factor=0.5)],
    verbose=2,
)

best = int(np.argmax(history.history["val_acc"]))
print("best epoch", best, "val_acc", round(history.history["val_acc"][best], 3))
