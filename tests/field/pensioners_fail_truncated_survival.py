# Monthly mortality of an occupational pension scheme.
# Members join the portfolio at different ages (left truncation), so each one
# only contributes what happened after entry: S(exit) / S(entry).
import numpy as np
import pandas as pd
import tensorflow as tf
import keras

keras.utils.set_random_seed(2024)
rng = np.random.default_rng(2024)

MONTHS = 420        # age 60 to 95
FOLLOW_UP = 96      # observation window of the scheme


def simulate_members(n):
    df = pd.DataFrame({
        "female": rng.integers(0, 2, n),
        "manual_work": rng.integers(0, 2, n),
        "pension_k": rng.gamma(4.0, 6.0, n),
        "early_ret": (rng.random(n) < 0.2).astype(int),
        "region": rng.integers(0, 4, n),
    })
    frailty = (-0.45 * df.female + 0.3 * df.manual_work + 0.5 * df.early_ret
               - 0.01 * (df.pension_k - 24)).to_numpy()
    entry = rng.integers(0, 300, n)
    exit_, died = np.zeros(n, int), np.zeros(n, int)
    for i in range(n):
        months = np.arange(entry[i] + 1, min(entry[i] + FOLLOW_UP, MONTHS))
        q = 0.0007 * np.exp(0.0085 * months + frailty[i])
        hit = np.flatnonzero(rng.random(len(months)) < q)
        died[i] = len(hit) > 0
        exit_[i] = months[hit[0]] if died[i] else months[-1]
    df["entry"], df["exit"], df["died"] = entry, exit_, died
    return df


members = simulate_members(2400)
print(members.describe().round(2).T[["mean", "min", "max"]])

feat = pd.get_dummies(members.drop(columns=["entry", "exit", "died"]), columns=["region"])
X = feat.to_numpy("float32")
X = (X - X.mean(0)) / X.std(0)
Y = members[["entry", "exit", "died"]].to_numpy("float32")


def truncated_nll(y_true, hazard):
    entry = tf.cast(y_true[:, 0], tf.int32)
    exit_ = tf.cast(y_true[:, 1], tf.int32)
    died = y_true[:, 2]

    surv = tf.math.cumprod(1.0 - hazard, axis=1)
    s_entry = tf.gather(surv, entry, batch_dims=1)
    s_exit = tf.gather(surv, exit_, batch_dims=1)
    s_cond = s_exit / s_entry  # whynan: divide_by_zero phase=forward|loss also=exp_underflow
    h_exit = tf.gather(hazard, exit_, batch_dims=1)

    loglik = died * tf.math.log(h_exit + 1e-7) + tf.math.log(s_cond + 1e-7)
    return -loglik


net = keras.Sequential([
    keras.Input((X.shape[1],)),
    keras.layers.Dense(48, activation="relu"),
    keras.layers.Dense(48, activation="relu"),
    keras.layers.Dense(MONTHS, activation="sigmoid", name="monthly_hazard"),
])
net.compile(optimizer=keras.optimizers.Adam(1e-3), loss=truncated_nll)
hist = net.fit(X, Y, batch_size=64, epochs=4, validation_split=0.15, verbose=2)

q_first_year = 1 - np.prod(1 - net.predict(X[:5], verbose=0)[:, :12], axis=1)
print("one-year death probability at 60:", q_first_year)
