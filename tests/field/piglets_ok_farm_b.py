"""Survival of piglets to weaning.  Farm A for training, farm B as the outside check."""
import numpy as np
import pandas as pd
import tensorflow as tf
import keras

keras.utils.set_random_seed(9)
rng = np.random.default_rng(9)
FEATURES = ["birth_weight", "rectal_temp", "colostrum_g", "litter_size", "parity"]


def farm(n, in_grams):
    df = pd.DataFrame({
        "birth_weight": rng.normal(1.4, 0.3, n).clip(0.5, None),
        "rectal_temp": rng.normal(38.2, 0.7, n),
        "colostrum_g": rng.normal(280, 80, n).clip(20, None),
        "litter_size": rng.poisson(13, n),
        "parity": rng.integers(1, 7, n),
    })
    score = (2.2 * (df.birth_weight - 1.25) / 0.3 + 0.8 * (df.rectal_temp - 38.2) / 0.7
             + 0.9 * (df.colostrum_g - 280) / 80 - 0.15 * (df.litter_size - 13))
    df["weaned"] = (rng.random(n) < 1 / (1 + np.exp(-score))).astype("float32")
    if in_grams:
        df["birth_weight"] = (df.birth_weight * 1000).round()
    return df


farm_a, farm_b = farm(1200, in_grams=False), farm(200, in_grams=True)
mean, std = farm_a[FEATURES].mean(), farm_a[FEATURES].std()


def tensors(df):
    x = ((df[FEATURES] - mean) / std).to_numpy("float32")
    return tf.constant(x), tf.constant(df["weaned"].to_numpy("float32")[:, None])


xa, ya = tensors(farm_a)
xb, yb = tensors(farm_b)

net = keras.Sequential([keras.Input((len(FEATURES),)), keras.layers.Dense(1)])
adam = keras.optimizers.Adam(0.02)
bce = keras.losses.BinaryCrossentropy(from_logits=True)


@tf.function
def train_step(x, y):
    with tf.GradientTape() as tape:
        loss = bce(y, net(x, training=True))
    grads = tape.gradient(loss, net.trainable_variables)
    adam.apply_gradients(zip(grads, net.trainable_variables))
    return loss


def log_loss(x, y):
    p = tf.sigmoid(net(x))
    return tf.reduce_mean(-y * tf.math.log(p) - (1 - y) * tf.math.log(1 - p))  # whynan: side_nonfinite


data = tf.data.Dataset.from_tensor_slices((xa, ya)).shuffle(1200, seed=2).batch(40)
for epoch in range(8):
    mean_loss = keras.metrics.Mean()
    for xb_, yb_ in data:
        mean_loss.update_state(train_step(xb_, yb_))
    hit = np.mean((net(xb).numpy() > 0) == (yb.numpy() > 0.5))
    print(f"epoch {epoch + 1}  train loss {float(mean_loss.result()):.4f}  "
          f"farm B log loss {float(log_loss(xb, yb)):.4f}  accuracy {hit:.3f}")

weights = net.layers[-1].kernel.numpy()[:, 0]
print(pd.Series(weights, index=FEATURES).round(3).to_string())
