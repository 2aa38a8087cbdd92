"""Weekly unit sales per store. January trains the base model, every following month refreshes it."""
import numpy as np
import pandas as pd
import keras

keras.utils.set_random_seed(20)
rng = np.random.default_rng(20)

CATS = ["fmt", "region"]
NUMS = ["footfall", "promo_share", "temp"]
LIFT = {"city": -0.6, "drive": -0.2, "hyper": 0.8, "express": -0.9}


def pull_month(month, formats, n):
    """Stand-in for the warehouse query."""
    df = pd.DataFrame(
        {
            "month": month,
            "fmt": rng.choice(formats, n),
            "region": rng.choice(["north", "south", "east", "west"], n),
            "footfall": rng.gamma(4.0, 900.0, n).round(),
            "promo_share": rng.beta(2, 9, n),
            "temp": rng.normal(4 + 2 * month, 3, n),
        }
    )
    level = 6.0 + df["fmt"].map(LIFT) + 0.0001 * df["footfall"] + 1.5 * df["promo_share"]
    df["units"] = np.exp(level + rng.normal(0, 0.15, n)).round()
    return df


class Encoder:
    def __init__(self):
        self.columns = None

    def fit(self, df):
        self.columns = pd.get_dummies(df[CATS], columns=CATS).columns
        self.mu = df[NUMS].mean()
        self.sd = df[NUMS].std()
        return self

    def transform(self, df):
        dummies = pd.get_dummies(df[CATS], columns=CATS)
        dummies = dummies.reindex(columns=self.columns)  # whynan: nan_in_input phase=data
        numbers = (df[NUMS] - self.mu) / self.sd
        return np.hstack([numbers.to_numpy("float32"), dummies.astype("float32").to_numpy()])


def target(df):
    return np.log1p(df["units"].to_numpy("float32")) - 6.0


january = pull_month(1, ["city", "drive", "hyper", "express"], 1800)
february = pull_month(2, ["city", "hyper", "express"], 1500)

enc = Encoder().fit(january)

net = keras.Sequential(
    [
        keras.layers.Input((len(NUMS) + len(enc.columns),)),
        keras.layers.Dense(48, activation="relu"),
        keras.layers.Dense(24, activation="relu"),
        keras.layers.Dense(1),
    ]
)
net.compile(keras.optimizers.Adam(2e-3), loss="mse", metrics=["mae"])

print("base model")
net.fit(enc.transform(january), target(january), batch_size=64, epochs=6, verbose=2)

print("refresh")
net.optimizer.learning_rate = 5e-4
net.fit(enc.transform(february), target(february), batch_size=64, epochs=3, verbose=2)

pred = np.expm1(net.predict(enc.transform(february[:5]), verbose=0)[:, 0] + 6.0)
print(pred.round(), february["units"][:5].to_numpy())
