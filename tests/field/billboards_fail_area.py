"""Weekly rent of advertising panels, from the asset register."""
import numpy as np
import pandas as pd
import keras

keras.utils.set_random_seed(77)
rng = np.random.default_rng(77)


def panels(kind, n, width, height, traffic):
    return pd.DataFrame({
        "kind": kind,
        "width_cm": width + rng.normal(0, 0.4, n),
        "height_cm": height + rng.normal(0, 0.4, n),
        "traffic": rng.gamma(6.0, traffic / 6.0, n).clip(200, 48_000),
        "dist_to_kerb_m": rng.uniform(1, 14, n),
        "lit": rng.integers(0, 2, n),
        "age_years": rng.integers(0, 25, n),
    })


def reduce_mem_usage(df):
    """Shrink numeric columns to the smallest type that can hold their values."""
    before = df.memory_usage(deep=True).sum()
    for col in df.select_dtypes("int64").columns:
        if df[col].abs().max() < np.iinfo(np.int16).max:
            df[col] = df[col].astype("int16")
    for col in df.select_dtypes("float64").columns:
        if df[col].abs().max() < np.finfo(np.float16).max:
            df[col] = df[col].astype("float16")
    after = df.memory_usage(deep=True).sum()
    print(f"memory {before / 1024:.0f} kB -> {after / 1024:.0f} kB")
    return df


register = pd.concat([
    panels("column", 400, 84.1, 118.9, 6_000),
    panels("roadside", 8, 372.0, 268.0, 21_000),
    panels("citylight", 1192, 118.5, 175.0, 9_000),
], ignore_index=True)
rent = (20 + 6.5e-4 * register["width_cm"] * register["height_cm"] + 0.004 * register["traffic"]
        + 11 * register["lit"] - 0.5 * register["age_years"] + rng.normal(0, 3, len(register)))

register = reduce_mem_usage(register)
register["area_m2"] = register["width_cm"] * register["height_cm"] / 10_000  # whynan: float16_overflow phase=data also=inf_in_input rows=400,401,402,403,404,405,406,407
register["ratio"] = register["width_cm"] / register["height_cm"]
register["is_column"] = (register["kind"] == "column").astype("int16")

FEATURES = ["area_m2", "ratio", "traffic", "dist_to_kerb_m", "lit", "age_years", "is_column"]
X = register[FEATURES].to_numpy("float32")
y = rent.to_numpy("float32") / 100
print(register[FEATURES].isna().sum().to_dict())

model = keras.Sequential([
    keras.Input((len(FEATURES),)),
    keras.layers.BatchNormalization(),
    keras.layers.Dense(48, activation="swish"),
    keras.layers.Dense(24, activation="swish"),
    keras.layers.Dense(1),
])
model.compile(
    optimizer=keras.optimizers.AdamW(2e-3, weight_decay=1e-4),
    loss="mean_squared_error",
    metrics=[keras.metrics.RootMeanSquaredError(name="rmse")],
)
hist = model.fit(X, y, batch_size=32, epochs=10, validation_split=0.2, verbose=2)
print("best rmse (euro):", 100 * np.min(hist.history["val_rmse"]))
