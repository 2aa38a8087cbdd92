"""Demand model trained on the root mean squared log error used by the competition."""
import keras
import numpy as np
import pandas as pd
import tensorflow as tf

keras.utils.set_random_seed(19)
rng = np.random.default_rng(19)
orders = pd.DataFrame({
    "price": rng.uniform(1, 9, 256),
    "ad_spend": rng.gamma(2, 1, 256),
    "weekend": rng.integers(0, 2, 256),
})
orders["units"] = rng.poisson(np.exp(1.5 - 0.15 * orders.price + 0.1 * orders.ad_spend))
orders.loc[rng.choice(256, 6, replace=False), "units"] = -4  # refunds are booked as negative units

x = orders[["price", "ad_spend", "weekend"]].to_numpy("float32") / 5.0
y = orders[["units"]].to_numpy("float32")
model = keras.Sequential([
    keras.layers.Dense(16, activation="relu"),
    keras.layers.Dense(1, activation="softplus"),
])
optimizer = keras.optimizers.Adam(0.01)


def rmsle(actual, predicted):
    gap = tf.math.log(predicted + 1.0) - tf.math.log(actual + 1.0)  # whynan: label_out_of_range phase=loss also=log_of_negative
    return tf.sqrt(tf.reduce_mean(gap ** 2) + 1e-12)


for epoch in range(3):
    total = 0.0
    for start in range(0, 256, 64):
        xb, yb = x[start:start + 64], y[start:start + 64]
        with tf.GradientTape() as tape:
            loss = rmsle(yb, model(xb, training=True))
        grads = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(grads, model.trainable_variables))
        total += float(loss)
    print(f"epoch {epoch} rmsle {total / 4:.4f}")
