# Household survey: predict log expenditure from a few asset questions (proxy means test).
# Weights: household size x design weight, rescaled so that every village counts with its sample size.

import keras
import numpy as np
import pandas as pd

keras.utils.set_random_seed(5)


def fieldwork(n_villages=40, seed=17):
    rng = np.random.default_rng(seed)
    rows = []
    for v in range(n_villages):
        wealth = rng.normal(0, 0.5)
        design = rng.uniform(8, 60)
        for _ in range(rng.integers(25, 60)):
            size = 1 + rng.poisson(3.4)
            roof = int(rng.random() < 1 / (1 + np.exp(-wealth)))
            land = rng.gamma(1.5, 0.8)
            phone = int(rng.random() < 0.55 + 0.15 * np.tanh(wealth))
            school = rng.integers(0, 13)
            log_exp = 4.2 + 0.4 * wealth + 0.3 * roof + 0.12 * land + 0.2 * phone + 0.03 * school - 0.07 * size
            rows.append((v, size, design, roof, land, phone, school, log_exp + rng.normal(0, 0.25)))
    cols = ["village", "hhsize", "design", "roof", "land", "phone", "school", "log_exp"]
    df = pd.DataFrame(rows, columns=cols)
    # second visit (consumption diary) collected?
    df["diary"] = (rng.random(len(df)) < 0.9).astype(int)
    df.loc[df["village"] == 23, "diary"] = 0
    return df


def add_weights(df):
    raw = df["hhsize"] * df["design"] * df["diary"]
    by_village = raw.groupby(df["village"])
    df["w"] = raw / by_village.transform("sum") * by_village.transform("size")  # whynan: zero_weight_sum phase=data also=divide_by_zero
    return df


df = add_weights(fieldwork())
print(df.groupby("village").size().describe())

num = ["hhsize", "land", "school"]
X = df[["hhsize", "roof", "land", "phone", "school"]].astype("float32")
X[num] = (X[num] - X[num].mean()) / X[num].std()
y = df["log_exp"].to_numpy("float32")
w = df["w"].to_numpy("float32")

inputs = keras.Input((X.shape[1],))
h = keras.layers.Dense(24, activation="relu")(inputs)
h = keras.layers.Dropout(0.1)(h)
h = keras.layers.Dense(12, activation="relu")(h)
outputs = keras.layers.Dense(1, bias_initializer=keras.initializers.Constant(4.2))(h)
pmt = keras.Model(inputs, outputs)

pmt.compile(optimizer=keras.optimizers.RMSprop(1e-3), loss="mse", weighted_metrics=["mae"])
pmt.fit(X.to_numpy(), y, sample_weight=w, batch_size=64, epochs=6, verbose=2)

df["pred"] = pmt.predict(X.to_numpy(), verbose=0)[:, 0]
poor = df["pred"] < np.log(60)
print("share below the line:", np.average(poor))
