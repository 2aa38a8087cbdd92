"""Succession sowings of buckwheat on three fields: predict the waiting time until first flower (log-normal).

The diary is kept in its order, field by field, so that I can compare epochs. The first batches of the first epoch look
good and the loss goes down, then it is nan. Every plot flowered at least a month after it was sown, I checked that.
"""
import keras
import numpy as np
import pandas as pd
import tensorflow as tf

FIELDS = {"hollow": 0.0, "ridge": 2.0, "weir": 1.0}
PLOTS = 120


def diary():
    rng = np.random.default_rng(52)
    tables = []
    for field, delay in FIELDS.items():
        sown = np.round(np.linspace(115, 215, PLOTS))
        warmth = 11.0 + 8.0 * np.sin(np.pi * (sown - 90.0) / 180.0) + rng.normal(0, 0.3, PLOTS)
        waited = np.round(66.0 - 1.6 * warmth + delay + rng.normal(0, 0.8, PLOTS))
        tables.append(
            pd.DataFrame(
                {
                    "field": field,
                    "sown": sown,
                    "warmth": warmth,
                    "rain": rng.gamma(3.0, 9.0, PLOTS),
                    "flower": sown + waited,
                }
            )
        )
    return pd.concat(tables, ignore_index=True)


df = diary()
assert (df["flower"] - df["sown"] > 28).all()

numeric = df[["sown", "warmth", "rain"]]
features = ((numeric - numeric.mean()) / numeric.std()).to_numpy("float32")
flower = df[["flower"]].to_numpy("float32")
sown = df["sown"].to_numpy("float32")

keras.utils.set_random_seed(9)
net = keras.Sequential(
    [
        keras.Input((3,)),
        keras.layers.Dense(24, activation="relu"),
        keras.layers.Dense(2),
    ]
)
optimizer = keras.optimizers.Adam(0.01)
batches = tf.data.Dataset.from_tensor_slices((features, flower, sown)).batch(32)


def waiting_time_nll(raw, flower_day, sowing_day):
    mu, spread = tf.split(raw, 2, axis=1)
    log_sigma = 2.0 * tf.tanh(spread)
    log_wait = tf.math.log(flower_day - sowing_day)  # whynan: log_of_negative phase=loss also=shape_broadcast
    z = (log_wait - mu) * tf.exp(-log_sigma)
    return tf.reduce_mean(0.5 * tf.square(z) + log_sigma + log_wait)


@tf.function
def step(x, flower_day, sowing_day):
    with tf.GradientTape() as tape:
        loss = waiting_time_nll(net(x, training=True), flower_day, sowing_day)
    grads = tape.gradient(loss, net.trainable_variables)
    optimizer.apply_gradients(zip(grads, net.trainable_variables))
    return loss


for epoch in range(5):
    shown = []
    for x, flower_day, sowing_day in batches:
        shown.append(float(step(x, flower_day, sowing_day)))
    print("epoch", epoch, " ".join(f"{value:.3f}" for value in shown))
