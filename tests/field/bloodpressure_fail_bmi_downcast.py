"""Systolic blood pressure from a health survey.

There is not one missing value in the file (I drop them, and isna().sum() is zero everywhere), yet the loss is nan.
It began when I copied the memory saving function into the notebook.
"""
import keras
import numpy as np
import pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(12)


def read_survey(n=900, seed=21):
    rng = np.random.default_rng(seed)
    male = rng.integers(0, 2, n)
    height = rng.normal(164.5 + 13.5 * male, 6.8)
    weight = (height / 100) ** 2 * rng.normal(26.0, 3.8, n)
    survey = pd.DataFrame(
        {
            "age": rng.integers(18, 80, n),
            "male": male,
            "height_cm": np.round(height).astype("int64"),
            "weight_kg": np.round(weight, 1),
            "cigarettes": rng.poisson(2.0, n),
            "salt_g": np.round(rng.gamma(6.0, 1.4, n), 1),
        }
    )
    bmi = survey["weight_kg"] / (survey["height_cm"] / 100) ** 2
    pressure = 85 + 0.45 * survey["age"] + 1.1 * (bmi - 25) + 0.9 * survey["salt_g"] + 0.4 * survey["cigarettes"]
    survey["systolic"] = np.round(pressure + rng.normal(0, 7, n)).astype("int64")
    holes = rng.choice(n, 25, replace=False)
    survey.loc[holes, "salt_g"] = np.nan
    return survey


def save_memory(frame):
    before = frame.memory_usage(deep=True).sum()
    frame = frame.copy()
    for name in frame.select_dtypes(include=["int64"]).columns:
        frame[name] = pd.to_numeric(frame[name], downcast="integer")
    for name in frame.select_dtypes(include=["float64"]).columns:
        frame[name] = frame[name].astype("float32")
    print(f"memory: {before} -> {frame.memory_usage(deep=True).sum()} bytes")
    return frame


def add_features(frame):
    frame = frame.copy()
    # body mass index is skewed, its logarithm is close to normal
    frame["log_bmi"] = np.log(10_000 * frame["weight_kg"] / frame["height_cm"] ** 2)  # whynan: int_overflow phase=data also=log_of_negative,nan_in_input
    frame["salt_per_kg"] = frame["salt_g"] / frame["weight_kg"]
    frame["smoker"] = (frame["cigarettes"] > 0).astype("float32")
    return frame


survey = save_memory(read_survey()).dropna().reset_index(drop=True)
print(survey.isna().sum().to_dict())
survey = add_features(survey)

features = ["age", "male", "log_bmi", "salt_g", "salt_per_kg", "smoker", "cigarettes"]
x_train, x_test, y_train, y_test = train_test_split(
    survey[features].to_numpy("float32"), survey["systolic"].to_numpy("float32"), test_size=0.2, random_state=3
)
scaler = StandardScaler().fit(x_train)
target_mean, target_std = y_train.mean(), y_train.std()

model = keras.Sequential(
    [
        keras.Input(shape=(len(features),)),
        keras.layers.Dense(32, activation="tanh"),
        keras.layers.Dense(16, activation="tanh"),
        keras.layers.Dense(1),
    ]
)
model.compile(optimizer=keras.optimizers.Adam(3e-3), loss="mse", metrics=["mae"])
model.fit(
    scaler.transform(x_train),
    (y_train - target_mean) / target_std,
    validation_data=(scaler.transform(x_test), (y_test - target_mean) / target_std),
    batch_size=32,
    epochs=10,
    verbose=2,
)
