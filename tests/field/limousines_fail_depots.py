"""Poisson regression: number of extra stops per chauffeured ride, two depots, one model."""
import numpy as np
import pandas as pd
import tensorflow as tf
import keras
from sklearn.preprocessing import RobustScaler

keras.utils.set_random_seed(77)
rng = np.random.default_rng(77)


def rides(n):
    km = rng.gamma(3.0, 6.0, n)
    frame = pd.DataFrame({
        "distance": km,
        "guests": rng.integers(1, 7, n),
        "night": rng.integers(0, 2, n),
        "airport": rng.integers(0, 2, n),
    })
    rate = np.exp(0.4 + 0.015 * km + 0.08 * frame["guests"] - 0.2 * frame["airport"])
    frame["stops"] = rng.poisson(rate)
    return frame


def depot_centre():
    return rides(1560)


def depot_harbour():
    # new telematics boxes since the spring
    frame = rides(40)
    frame["distance"] = (frame["distance"] * 1000).round()
    return frame


table = pd.concat([depot_centre(), depot_harbour()], ignore_index=True)
table = table.sample(frac=1.0, random_state=5).reset_index(drop=True)

columns = ["distance", "guests", "night", "airport"]
scaler = RobustScaler()
features = scaler.fit_transform(table[columns]).astype("float32")
counts = table["stops"].to_numpy("float32")

beta = tf.Variable(tf.zeros([len(columns)]), name="beta")
intercept = tf.Variable(0.0, name="intercept")
LR = 0.05


@tf.function
def update(x, y):
    with tf.GradientTape() as tape:
        eta = tf.linalg.matvec(x, beta) + intercept
        rate = tf.exp(eta)  # whynan: unscaled_input phase=forward also=exp_overflow
        nll = tf.reduce_mean(rate - y * eta)
    d_beta, d_int = tape.gradient(nll, [beta, intercept])
    beta.assign_sub(LR * d_beta)
    intercept.assign_sub(LR * d_int)
    return nll


data = tf.data.Dataset.from_tensor_slices((features, counts)).shuffle(1600, seed=1).batch(64)

for epoch in range(1, 7):
    total, k = 0.0, 0
    for xb, yb in data:
        total += float(update(xb, yb))
        k += 1
    print("epoch %d  nll %.4f" % (epoch, total / k))

print(dict(zip(columns, beta.numpy().round(3))), "intercept", float(intercept))
