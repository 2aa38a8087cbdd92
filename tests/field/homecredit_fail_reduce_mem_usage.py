"""Home credit style default prediction. reduce_mem_usage() is the well known Kaggle helper, a bit simplified."""
import keras
import numpy as np
import pandas as pd

keras.utils.set_random_seed(13)


def applications(n=1200):
    rng = np.random.default_rng(1000)
    income = rng.lognormal(10.0, 0.4, n).clip(4000, 60000)
    income[[101, 640, 902]] = [117000.0, 225000.0, 96500.0]
    df = pd.DataFrame({
        "AMT_INCOME": income,
        "AMT_CREDIT": income * rng.uniform(1, 9, n),
        "EXT_SOURCE": rng.beta(4, 3, n),
        "YEARS_EMPLOYED": rng.exponential(6, n),
        "AGE": rng.uniform(20, 70, n),
    })
    p = 1 / (1 + np.exp(5 * (df["EXT_SOURCE"] - 0.35)))
    df["TARGET"] = (rng.random(n) < p).astype(float)
    return df


def reduce_mem_usage(df):
    before = df.memory_usage().sum()
    limit = np.finfo(np.float16).max
    for col in df.columns:
        # a single outlier should not decide about the type
        lo, hi = df[col].quantile(0.005), df[col].quantile(0.995)
        if lo > -limit and hi < limit:
            df[col] = df[col].astype(np.float16)  # whynan: float16_overflow phase=data rows=101,640,902 also=inf_in_input
        else:
            df[col] = df[col].astype(np.float32)
    print(f"memory {before / 1e3:.0f} kB -> {df.memory_usage().sum() / 1e3:.0f} kB")
    return df


def engineer(df):
    out = pd.DataFrame(index=df.index)
    out["log_income"] = np.log1p(df["AMT_INCOME"].astype("float32")) - 10
    out["log_credit"] = np.log1p(df["AMT_CREDIT"].astype("float32")) - 11
    out["ext"] = df["EXT_SOURCE"].astype("float32")
    out["employed"] = df["YEARS_EMPLOYED"].astype("float32") / 10
    out["age"] = df["AGE"].astype("float32") / 50
    return out


class DefaultRisk(keras.Model):
    def __init__(self):
        super().__init__()
        self.dense1 = keras.layers.Dense(32, activation="swish")
        self.dense2 = keras.layers.Dense(16, activation="swish")
        self.risk = keras.layers.Dense(1, activation="sigmoid")

    def call(self, x):
        return self.risk(self.dense2(self.dense1(x)))


df = reduce_mem_usage(applications())
y = df.pop("TARGET").to_numpy("float32")
X = engineer(df).to_numpy("float32")

model = DefaultRisk()
model.compile("adam", "binary_crossentropy")
model.fit(X, y, validation_split=0.2, batch_size=64, epochs=3, verbose=2)
