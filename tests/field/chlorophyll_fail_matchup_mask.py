"""Ocean colour match-ups: log10 chlorophyll from five satellite bands, ship bottles as truth.

Not every station has a bottle. The column says -999 there and I multiply the residual by a 0/1 mask, so such stations
should not matter. If I keep only the stations with a bottle it trains. With the mask the loss is nan in the first step.
"""
import io
import math

import keras
import numpy as np
import pandas as pd
import tensorflow as tf

keras.utils.set_random_seed(5)
BANDS = ["rrs412", "rrs443", "rrs490", "rrs510", "rrs555"]


def cruise_table(n=600):
    """The text file as the data centre would deliver it."""
    rng = np.random.default_rng(5)
    log_chl = rng.normal(-0.4, 0.5, n)
    slopes = np.array([-0.9, -0.75, -0.4, -0.2, 0.15])
    level = np.array([0.006, 0.0055, 0.005, 0.0042, 0.0025])
    rrs = level * 10.0 ** (slopes * (log_chl[:, None] + 0.4) + rng.normal(0.0, 0.05, (n, 5)))
    table = pd.DataFrame(rrs, columns=BANDS)
    table["sst"] = rng.normal(16.0, 4.0, n)
    table["chl"] = 10.0**log_chl
    table.loc[rng.choice(n, 70, replace=False), "chl"] = -999.0
    text = io.StringIO()
    table.to_csv(text, index=False, float_format="%.6f")
    return text.getvalue()


def load():
    table = pd.read_csv(io.StringIO(cruise_table()), na_values=["NA", ""])
    assert not table.isna().any().any()
    bottle = (table["chl"] > 0).astype("float32")
    return (
        table[BANDS + ["sst"]].to_numpy("float32"),
        table["chl"].to_numpy("float32"),
        bottle.to_numpy(),
    )


def make_net(x):
    scale = keras.layers.Normalization()
    scale.adapt(x)
    return keras.Sequential(
        [
            keras.Input((x.shape[1],)),
            scale,
            keras.layers.Dense(32, activation="gelu"),
            keras.layers.Dense(16, activation="gelu"),
            keras.layers.Dense(1),
        ]
    )


def train(epochs=4, batch=60):
    x, chl, bottle = load()
    net = make_net(x)
    optimizer = keras.optimizers.Adam(2e-3)
    optimizer.build(net.trainable_variables)
    data = tf.data.Dataset.from_tensor_slices((x, chl, bottle)).shuffle(600, seed=1).batch(batch)

    @tf.function
    def step(bands, truth, has_bottle):
        with tf.GradientTape() as tape:
            log_pred = net(bands, training=True)[:, 0]
            residual = has_bottle * (log_pred - tf.math.log(truth) / math.log(10.0))  # whynan: nan_mask_mismatch phase=loss also=log_of_negative,nan_in_label,label_out_of_range
            loss = tf.reduce_sum(tf.square(residual)) / (tf.reduce_sum(has_bottle) + 1e-6)
        variables = net.trainable_variables
        grads = tape.gradient(loss, variables)
        grads, _ = tf.clip_by_global_norm(grads, 5.0)
        optimizer.apply_gradients(zip(grads, variables))
        return loss

    for epoch in range(epochs):
        losses = [float(step(*parts)) for parts in data]
        print(f"epoch {epoch + 1}: {np.mean(losses):.4f}")
    return net


if __name__ == "__main__":
    train()
