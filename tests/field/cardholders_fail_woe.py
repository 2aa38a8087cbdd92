"""Application scorecard with weight-of-evidence coded categories and a small network on top."""
import keras
import numpy as np
import pandas as pd
from sklearn.model_selection import train_test_split

SEED = 1234
keras.utils.set_random_seed(SEED)

DEFAULT_RATE = {
    "salaried": 0.06,
    "self-employed": 0.13,
    "student": 0.18,
    "pensioner": 0.05,
    "unemployed": 0.28,
    "bank staff": 0.0,
}
SHARE = [0.52, 0.17, 0.11, 0.12, 0.05, 0.03]
CHANNEL = {"branch": 0.8, "web": 1.1, "broker": 1.4}


def applications(n):
    rng = np.random.default_rng(SEED)
    job = rng.choice(list(DEFAULT_RATE), n, p=SHARE)
    channel = rng.choice(list(CHANNEL), n, p=[0.4, 0.45, 0.15])
    income = rng.lognormal(10.2, 0.45, n)
    utilisation = rng.beta(1.5, 3, n)
    p = np.array([DEFAULT_RATE[j] * CHANNEL[c] for j, c in zip(job, channel)]) * (0.5 + 1.5 * utilisation)
    return pd.DataFrame(
        {
            "job": job,
            "channel": channel,
            "income": income,
            "utilisation": utilisation,
            "bad": (rng.random(n) < p).astype(int),
        }
    )


def woe_table(frame, column, target="bad"):
    g = frame.groupby(column)[target].agg(["sum", "count"])
    bad = g["sum"] / g["sum"].sum()
    good = (g["count"] - g["sum"]) / (g["count"] - g["sum"]).sum()
    return np.log(good / bad)  # whynan: divide_by_zero phase=data also=inf_in_input,log_of_zero


class Scorecard:
    def fit_coding(self, frame):
        self.woe = {c: woe_table(frame, c) for c in ("job", "channel")}
        self.mean = frame["income"].pipe(np.log).mean()
        self.std = frame["income"].pipe(np.log).std()
        return self

    def transform(self, frame):
        out = pd.DataFrame(index=frame.index)
        for c, table in self.woe.items():
            out[c] = frame[c].map(table)
        out["income"] = (np.log(frame["income"]) - self.mean) / self.std
        out["utilisation"] = frame["utilisation"] * 2 - 1
        return out.to_numpy("float32")


apps = applications(4000)
train, test = train_test_split(apps, test_size=0.25, random_state=SEED, stratify=apps["bad"])

card = Scorecard().fit_coding(train)
x_train, x_test = card.transform(train), card.transform(test)
y_train, y_test = train["bad"].to_numpy(), test["bad"].to_numpy()

net = keras.Sequential(
    [
        keras.Input((x_train.shape[1],)),
        keras.layers.Dense(16, activation="selu", kernel_initializer="lecun_normal"),
        keras.layers.Dense(8, activation="selu", kernel_initializer="lecun_normal"),
        keras.layers.Dense(1, activation="sigmoid"),
    ]
)
net.compile("adam", "binary_crossentropy", metrics=["accuracy"])
net.fit(
    x_train,
    y_train,
    validation_data=(x_test, y_test),
    class_weight={0: 1.0, 1: 4.0},
    batch_size=100,
    epochs=4,
    verbose=2,
)
