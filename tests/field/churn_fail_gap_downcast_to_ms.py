"""Churn model of the app. Session export -> features -> MLP.

I shrink the frame because the real export has 80M lines. Loss becomes nan in the first
epoch but df.isna().sum() right after loading is zero for all columns.
"""
import keras
import numpy as np
import pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import MinMaxScaler

keras.utils.set_random_seed(13)

CONFIG = {"users": 900, "test_size": 0.2, "batch_size": 32, "epochs": 6, "lr": 1e-3}


def load_sessions(n, seed=13):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({
        "sessions": rng.poisson(30, n),
        "screens": rng.poisson(180, n),
        "gap_s": rng.exponential(90_000, n).astype("int64").clip(1, 1_500_000),
        "paid": rng.integers(0, 2, n),
    })
    # users who came back after the summer break
    frame.loc[[77, 301, 640, 655, 812], "gap_s"] = [2_400_000, 3_100_000, 4_000_000, 2_750_000, 3_600_000]
    logit = 0.00001 * frame["gap_s"] - 0.03 * frame["screens"] + 4.0
    frame["churned"] = (rng.random(n) < 1 / (1 + np.exp(-logit))).astype("int8")
    return frame


def shrink(frame):
    """Smallest integer type that holds every value."""
    return frame.apply(pd.to_numeric, downcast="integer")


class FeatureBuilder:
    MS = 1000        # everything else in the warehouse is in milliseconds

    def __init__(self, frame):
        self.frame = frame

    def screens_per_session(self):
        return self.frame["screens"] / (self.frame["sessions"] + 1)

    def log_gap(self):
        return np.log1p(self.frame["gap_s"] * self.MS)  # whynan: int_overflow phase=data rows=30,297,582 also=log_of_negative,nan_in_input

    def loyalty(self):
        return self.frame["sessions"] * (1 + self.frame["paid"].astype("float32"))

    def build(self):
        parts = {
            name: getattr(self, name)()
            for name in ("screens_per_session", "log_gap", "loyalty")
        }
        return pd.DataFrame(parts).assign(paid=self.frame["paid"])


def prepare(config):
    frame = load_sessions(config["users"]).pipe(shrink)
    labels = frame["churned"].to_numpy("float32")
    features = FeatureBuilder(frame).build()
    return train_test_split(features, labels, test_size=config["test_size"], random_state=4, stratify=labels)


X_train, X_test, y_train, y_test = prepare(CONFIG)
scaler = MinMaxScaler().fit(X_train)          # ignores missing values, keeps them
X_train, X_test = (scaler.transform(part).astype("float32") for part in (X_train, X_test))

model = keras.Sequential([keras.Input((X_train.shape[1],))])
for units in (32, 16):
    model.add(keras.layers.Dense(units))
    model.add(keras.layers.LeakyReLU(negative_slope=0.1))
model.add(keras.layers.Dense(1, activation="sigmoid"))
model.compile(keras.optimizers.Adam(CONFIG["lr"]), "binary_crossentropy")
model.fit(
    X_train, y_train,
    batch_size=CONFIG["batch_size"],
    epochs=CONFIG["epochs"],
    verbose=2,
)
