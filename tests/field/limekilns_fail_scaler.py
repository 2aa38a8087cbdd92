# Burning zone temperature of a lime kiln, 10 minutes ahead.
# Runs on my desktop (CPU) and on the plant's GPU box, there in half precision.
import time

import numpy as np
import pandas as pd
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(1204)

if tf.config.list_physical_devices("GPU"):
    keras.mixed_precision.set_global_policy("mixed_float16")


def kiln_log(n=2600, seed=1204):
    r = np.random.default_rng(seed)
    drift = np.cumsum(r.normal(0, 0.05, n))
    df = pd.DataFrame(
        {
            "gas_m3h": 820 + 25 * np.sin(np.arange(n) / 90) + r.normal(0, 8, n),
            "stone_tph": 14 + r.normal(0, 0.6, n),
            "draft_pa": -60 + r.normal(0, 4, n),
            "o2_pct": 3.1 + 0.3 * np.cos(np.arange(n) / 60) + r.normal(0, 0.15, n),
            "shell_c": 240 + 3 * drift + r.normal(0, 2, n),
            "rpm": 1.1 + r.normal(0, 0.03, n),
        }
    )
    df["burn_c"] = (
        1010
        + 0.35 * (df.gas_m3h - 820)
        - 9 * (df.stone_tph - 14)
        - 14 * (df.o2_pct - 3.1)
        + 0.6 * (df.shell_c - 240)
        + r.normal(0, 3, n)
    )
    df["target"] = df.burn_c.shift(-1)
    return df.iloc[:-1]


log = kiln_log()
cut = 2048
scaled = (log - log[:cut].mean()) / log[:cut].std()
x = scaled.drop(columns="target").to_numpy("float32")
y = scaled[["target"]].to_numpy("float32")

net = keras.Sequential(
    [
        keras.Input((x.shape[1],)),
        layers.Dense(32, activation="tanh"),
        layers.Dense(1, dtype="float32"),
    ]
)
mse = keras.losses.MeanSquaredError()
sgd = keras.optimizers.SGD(learning_rate=0.01)
sgd.build(net.trainable_variables)
scaler = keras.mixed_precision.LossScaleOptimizer(sgd)


@tf.function
def train_step(xb, yb):
    with tf.GradientTape() as tape:
        loss = scaler.scale_loss(mse(yb, net(xb, training=True)))  # whynan: loss_scale phase=loss|forward
    grads = tape.gradient(loss, net.trainable_variables)
    sgd.apply_gradients(zip(grads, net.trainable_variables))
    return loss / scaler.initial_scale


batches = (
    tf.data.Dataset.from_tensor_slices((x[:cut], y[:cut]))
    .shuffle(cut, seed=3)
    .batch(64, drop_remainder=True)
    .prefetch(2)
)

for epoch in range(6):
    tic = time.time()
    mean_loss = keras.metrics.Mean()
    for xb, yb in batches:
        mean_loss.update_state(train_step(xb, yb))
    pred = net(x[cut:], training=False)
    rmse = np.sqrt(np.mean((np.asarray(pred) - y[cut:]) ** 2)) * log.target[:cut].std()
    print(f"{epoch + 1}/6  loss {float(mean_loss.result()):.4f}  val rmse {rmse:.2f} C  {time.time() - tic:.1f}s")
