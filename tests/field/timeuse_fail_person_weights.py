"""Hours of unpaid work per week from the time use survey, weighted to the population.

Unweighted the network reaches an R2 of about 0.6. With the official person weights the loss first becomes negative
(how can a squared error be negative?), then runs away and ends as nan.
"""
import io

import keras
import numpy as np
import pandas as pd
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(5)

PEOPLE = 900
COLUMNS = ["age", "children", "paid_hours", "female", "rooms"]


def diary_file():
    rng = np.random.default_rng(17)
    df = pd.DataFrame(
        {
            "person_id": np.arange(5000, 5000 + PEOPLE),
            "age": rng.integers(18, 80, PEOPLE),
            "children": rng.poisson(0.9, PEOPLE),
            "paid_hours": np.clip(rng.normal(28, 14, PEOPLE), 0, 70).round(1),
            "female": rng.integers(0, 2, PEOPLE),
            "rooms": rng.integers(1, 7, PEOPLE),
        }
    )
    hours = 14 + 4 * df.children + 6 * df.female - 0.15 * df.paid_hours + 0.05 * df.age
    df["unpaid_hours"] = hours + rng.normal(0, 3, PEOPLE)
    return df


def weight_file():
    """Second file of the survey: person_id, pweight. The code book is a 300 page PDF."""
    rng = np.random.default_rng(18)
    lines = ["person_id,pweight"]
    for i in range(PEOPLE):
        proxy_interview = i % 30 == 7
        w = "-99" if proxy_interview else f"{rng.gamma(9.0, 1 / 9.0):.4f}"
        lines.append(f"{5000 + i},{w}")
    return io.StringIO("\n".join(lines))


def assemble():
    diary = diary_file()
    weights = pd.read_csv(weight_file())
    panel = diary.merge(weights, on="person_id", how="left", validate="one_to_one")
    panel["pweight"] = panel["pweight"].fillna(1.0)
    return panel


class UnpaidWork(keras.Model):
    def __init__(self, units=48):
        super().__init__()
        self.body = [keras.layers.Dense(units, activation="elu") for _ in range(2)]
        self.out = keras.layers.Dense(1)

    def call(self, x):
        for layer in self.body:
            x = layer(x)  # whynan: wrong_sign_loss phase=forward also=exploding_gradient,learning_rate_too_high
        return self.out(x)


panel = assemble()
x = StandardScaler().fit_transform(panel[COLUMNS]).astype("float32")
y = StandardScaler().fit_transform(panel[["unpaid_hours"]]).astype("float32")
w = panel["pweight"].to_numpy("float32")

net = UnpaidWork()
net.compile(optimizer=keras.optimizers.SGD(0.01, momentum=0.9), loss="mse")
log = net.fit(x, y, sample_weight=w, batch_size=32, epochs=30, verbose=0)
for epoch in range(0, 30, 3):
    print(epoch, log.history["loss"][epoch])
