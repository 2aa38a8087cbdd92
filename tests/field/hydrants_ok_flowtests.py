"""Fire hydrant flow tests: predict the litres per minute from the inspection sheets."""
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import numpy as np
import pandas as pd
from keras import layers

keras.utils.set_random_seed(41)
rng = np.random.default_rng(41)


def inspection_sheets(n=1800):
    pipe = rng.choice([80, 100, 125, 150, 200, 250], n, p=[0.1, 0.3, 0.2, 0.25, 0.1, 0.05])
    static = rng.normal(5.5, 0.9, n).clip(3.0, 8.0)
    residual = static * rng.uniform(0.55, 0.9, n)
    age = rng.integers(0, 70, n)
    flow = 5.2 * pipe * np.sqrt(residual) * (1 - 0.004 * age) + rng.normal(0, 60, n)
    pitot = (flow / 1200) ** 2 + rng.normal(0, 0.05, n)
    sheet = pd.DataFrame({
        "pipe_mm": pipe.astype(float),
        "static_bar": static,
        "residual_bar": residual,
        "age_years": age.astype(float),
        "dist_to_main_m": rng.integers(2, 900, n).astype(float),
        "colour": rng.choice(["red", "orange", "green", "blue"], n),
        # the crew writes "n/a" when the gauge did not seat
        "pitot_bar": np.where(rng.random(n) < 0.12, "n/a", np.round(pitot, 3).astype(str)),
        "flow_lpm": flow,
    })
    sheet.loc[::97, "dist_to_main_m"] = 0.0   # hydrant sits on the main itself
    return sheet


def prepare(sheet):
    f = pd.DataFrame(index=sheet.index)
    f["pipe"] = sheet["pipe_mm"]
    f["static"] = sheet["static_bar"]
    f["residual"] = sheet["residual_bar"]
    f["gradient"] = (sheet["static_bar"] - sheet["residual_bar"]) / sheet["dist_to_main_m"]
    f["log_age"] = np.log(sheet["age_years"])
    f["pitot"] = pd.to_numeric(sheet["pitot_bar"], errors="coerce")
    f["pitot_missing"] = f["pitot"].isna().astype(float)
    f = f.replace([np.inf, -np.inf], np.nan)
    print("missing before filling:\n", f.isna().sum().to_string())
    f = f.fillna(f.median())
    f = (f - f.mean()) / f.std()
    colours = pd.get_dummies(sheet["colour"], dtype=float)
    return pd.concat([f, colours], axis=1).to_numpy("float32")


sheets = inspection_sheets()
X = prepare(sheets)
y = sheets["flow_lpm"].to_numpy("float32")

model = keras.Sequential([
    keras.Input((X.shape[1],)),
    layers.Dense(64, activation="relu"),
    layers.Dense(64, activation="relu"),
    layers.Dense(1),
])
model.compile(optimizer=keras.optimizers.Adam(0.01), loss="mse", metrics=["mae"])
hist = model.fit(X, y, validation_split=0.15, batch_size=64, epochs=25, verbose=2)  # whynan: healthy
print("first/last mse: %.0f / %.0f" % (hist.history["loss"][0], hist.history["loss"][-1]))
print("val mae %.1f l/min" % hist.history["val_mae"][-1])
