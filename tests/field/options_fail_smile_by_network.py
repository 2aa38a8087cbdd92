"""Volatility smile of an index from listed call prices: the network gives the volatility, the pricing
formula gives the price, the error is measured in price.

Contracts that expire today are worth what they pay, that is taken care of. The loss of every batch that I
look at before the update is a fine number and still all weights are nan after a few updates.
"""
import keras
import numpy as np
import pandas as pd
import tensorflow as tf
from scipy.stats import norm

keras.utils.set_random_seed(55)


def quotes(n=2400):
    rng = np.random.default_rng(10)
    q = pd.DataFrame({
        "spot": rng.normal(4210.0, 25.0, n),
        "days": rng.choice([0, 1, 2, 7, 14, 30, 61, 91], n, p=[.06, .06, .08, .2, .2, .2, .1, .1]),
        "rate": 0.031,
    })
    q["strike"] = np.round(q.spot * rng.normal(1.0, 0.05, n) / 5) * 5 + 2.5
    t = q.days / 365.0
    moneyness = np.log(q.strike / q.spot)
    vol = 0.16 + 0.9 * moneyness ** 2 - 0.25 * moneyness
    with np.errstate(divide="ignore", invalid="ignore"):
        d1 = (-moneyness + (q.rate + vol ** 2 / 2) * t) / (vol * np.sqrt(t))
        live = q.spot * norm.cdf(d1) - q.strike * np.exp(-q.rate * t) * norm.cdf(d1 - vol * np.sqrt(t))
    mid = np.where(q.days > 0, live, np.maximum(q.spot - q.strike, 0.0))
    q["mid"] = np.maximum(mid + rng.normal(0, 0.2, n), 0.05)
    assert q.notna().all().all()
    return q.astype("float32")


def normal_cdf(x):
    return 0.5 * (1.0 + tf.math.erf(x / np.float32(np.sqrt(2.0))))


def call_price(spot, strike, t, rate, vol):
    total = vol * tf.sqrt(t)
    d1 = (tf.math.log(spot / strike) + (rate + 0.5 * vol ** 2) * t) / total  # whynan: where_gradient_trap phase=gradient also=divide_by_zero
    d2 = d1 - total
    live = spot * normal_cdf(d1) - strike * tf.exp(-rate * t) * normal_cdf(d2)
    payoff = tf.maximum(spot - strike, 0.0)
    return tf.where(t > 0.0, live, payoff)


class Smile(keras.Model):
    def __init__(self):
        super().__init__()
        self.hidden = [keras.layers.Dense(24, activation="tanh") for _ in range(2)]
        self.head = keras.layers.Dense(1, activation="softplus")

    def call(self, inputs):
        for layer in self.hidden:
            inputs = layer(inputs)
        return 0.02 + 0.3 * self.head(inputs)[:, 0]


smile = Smile()
smile(tf.zeros((1, 2)))
optimizer = keras.optimizers.Adam(1e-3)
optimizer.build(smile.trainable_variables)


@tf.function
def update(batch):
    t = batch["days"] / 365.0
    features = tf.stack([10.0 * tf.math.log(batch["strike"] / batch["spot"]), 2.0 * tf.sqrt(t)], axis=1)
    with tf.GradientTape() as tape:
        vol = smile(features)
        price = call_price(batch["spot"], batch["strike"], t, batch["rate"], vol)
        loss = tf.reduce_mean(tf.abs(price - batch["mid"]) / 10.0)
    grads = tape.gradient(loss, smile.trainable_variables)
    optimizer.apply_gradients(zip(grads, smile.trainable_variables))
    return loss


table = quotes()
data = tf.data.Dataset.from_tensor_slices({c: table[c].to_numpy() for c in table.columns})
data = data.shuffle(len(table), seed=3).batch(128)
for epoch in range(5):
    losses = [float(update(batch)) for batch in data]
    print(epoch, "first batch %.4f" % losses[0], "last batch %.4f" % losses[-1])
