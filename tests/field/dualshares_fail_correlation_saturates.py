"""Conditional correlation of pairs of shares: a little network gives rho(t), the loss is the negative
log-likelihood of the two standardised returns. The likelihood climbs nicely, for one pair it keeps climbing, and
after some epochs the loss is nan. rho is limited to RHO_MAX, so it cannot reach one."""
import numpy as np
import pandas as pd
import tensorflow as tf
import keras

RHO_MAX = 1.0 - 1e-8
PAIRS = [("SHEL", "BP"), ("RIO", "BHP"), ("SAB", "DGE"), ("SCHA", "SCHB"), ("VOD", "TEF")]

keras.utils.set_random_seed(23)


def quotes(days=360, seed=23):
    rng = np.random.default_rng(seed)
    market = rng.normal(0, 0.009, days)
    table = {}
    for left, right in PAIRS:
        sector = rng.normal(0, rng.uniform(0.004, 0.012), days)
        for name in (left, right):
            own = rng.normal(0, rng.uniform(0.006, 0.012), days)
            table[name] = 40.0 * np.exp(np.cumsum(rng.uniform(0.7, 1.2) * market + sector + own))
    # voting and non-voting shares: quoted at one price since the unification
    table["SCHB"] = table["SCHA"]
    return pd.DataFrame(table, index=pd.bdate_range("2023-01-02", periods=days)).round(2)


def training_rows(prices):
    returns = np.log(prices).diff()
    vol = returns.ewm(span=30, min_periods=20).std().shift(1)
    z = returns / vol
    log_vol = np.log(vol)
    log_vol = (log_vol - log_vol.mean()) / log_vol.std()
    rows = []
    for k, (left, right) in enumerate(PAIRS):
        block = pd.DataFrame({"z1": z[left], "z2": z[right], "v1": log_vol[left], "v2": log_vol[right]}).dropna()
        block["pair"] = k
        rows.append(block)
    frame = pd.concat(rows)
    x = np.column_stack([np.eye(len(PAIRS))[frame["pair"]], frame[["v1", "v2"]]]).astype("float32")
    return x, frame[["z1", "z2"]].to_numpy("float32")


def pair_nll(rho, z):
    z1, z2 = z[:, 0], z[:, 1]
    q = 1.0 - tf.square(rho)
    return 0.5 * tf.math.log(q) + (z1 * z1 + z2 * z2 - 2.0 * rho * z1 * z2) / (2.0 * q)  # whynan: divide_by_zero phase=forward|loss also=log_of_zero,clip_misuse


model = keras.Sequential([
    keras.Input((len(PAIRS) + 2,)),
    keras.layers.Dense(24, activation="tanh"),
    keras.layers.Dense(1),
])
optimizer = keras.optimizers.Adam(0.02)


@tf.function
def step(x, z):
    with tf.GradientTape() as tape:
        rho = RHO_MAX * tf.tanh(model(x, training=True)[:, 0])
        loss = tf.reduce_mean(pair_nll(rho, z))
    grads = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(grads, model.trainable_variables))
    return loss, tf.reduce_max(rho)


x, z = training_rows(quotes())
dataset = tf.data.Dataset.from_tensor_slices((x, z)).shuffle(len(x), seed=23).batch(128)
for epoch in range(40):
    losses = []
    for xb, zb in dataset:
        loss, top = step(xb, zb)
        losses.append(float(loss))
    print(f"epoch {epoch:2d}  nll {np.mean(losses):9.4f}  largest rho {float(top):.7f}")
