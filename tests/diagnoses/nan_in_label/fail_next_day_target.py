"""Forecast of tomorrow's sales with a GRU, manual loop."""
import keras
import numpy as np
import pandas as pd
import tensorflow as tf

keras.utils.set_random_seed(17)


def sales_table(days=200):
    rng = np.random.default_rng(17)
    day = np.arange(days)
    sales = 1.0 + 0.4 * np.sin(2 * np.pi * day / 7) + rng.normal(0, 0.05, days)
    return pd.DataFrame({"sales": sales, "weekday": (day % 7) / 7.0, "promo": (rng.random(days) < 0.1).astype(float)})


table = sales_table()
table["tomorrow"] = table["sales"].shift(-1)  # whynan: nan_in_label phase=data

LOOKBACK = 10
values = table[["sales", "weekday", "promo"]].to_numpy("float32")
target = table["tomorrow"].to_numpy("float32")
windows = np.stack([values[i - LOOKBACK + 1:i + 1] for i in range(LOOKBACK - 1, len(values))])
targets = target[LOOKBACK - 1:, None]
batches = tf.data.Dataset.from_tensor_slices((windows, targets)).shuffle(256, seed=1).batch(32)

gru = keras.Sequential([keras.Input((LOOKBACK, 3)), keras.layers.GRU(10), keras.layers.Dense(1)])
opt = keras.optimizers.Adam(0.01)
huber = keras.losses.Huber()


@tf.function
def train_step(x, y):
    with tf.GradientTape() as tape:
        loss = huber(y, gru(x, training=True))
    grads = tape.gradient(loss, gru.trainable_variables)
    opt.apply_gradients(zip(grads, gru.trainable_variables))
    return loss


for epoch in range(3):
    losses = [float(train_step(x, y)) for x, y in batches]
    print("epoch", epoch, np.mean(losses))
