# How much do customers tip a delivery driver?  About half give nothing at all.
# Hurdle model: P(tip > 0) and a log-normal amount for those who do.
import numpy as np
import pandas as pd
import tensorflow as tf
import keras

keras.utils.set_random_seed(99)
rng = np.random.default_rng(99)

n = 3000
orders = pd.DataFrame({
    "basket": rng.gamma(3.0, 9.0, n),
    "late_min": np.maximum(rng.normal(2, 9, n), 0),
    "floor": rng.integers(0, 7, n),
    "rain": rng.integers(0, 2, n),
    "evening": rng.integers(0, 2, n),
})
attraction = (-0.5 + 0.03 * orders.basket - 0.08 * orders.late_min
              + 0.2 * orders.floor + 0.5 * orders.rain)
gives = rng.random(n) < 1 / (1 + np.exp(-attraction))
amount = np.exp(0.3 + 0.015 * orders.basket + 0.25 * orders.evening + rng.normal(0, 0.4, n))
orders["tip"] = np.where(gives, amount.round(2), 0.0)
with np.errstate(divide="ignore"):
    orders["log_tip"] = np.log(orders["tip"])

print(orders.describe().loc[["mean", "min", "max"]])

features = ["basket", "late_min", "floor", "rain", "evening"]
X = orders[features]
X = ((X - X.mean()) / X.std()).to_numpy("float32")
Y = orders[["tip", "log_tip"]].to_numpy("float32")


def hurdle_nll(target, out):
    tip, log_tip = target[:, 0], target[:, 1]
    gave = tip > 0
    z = tf.where(gave, log_tip, 0.0)
    logit, mu, raw = out[:, 0], out[:, 1], out[:, 2]
    sigma = tf.nn.softplus(raw) + 0.05
    hurdle = tf.nn.sigmoid_cross_entropy_with_logits(labels=tf.cast(gave, tf.float32), logits=logit)
    size = 0.5 * tf.square((z - mu) / sigma) + tf.math.log(sigma)
    return hurdle + tf.where(gave, size, 0.0)


inp = keras.Input((len(features),))
h = keras.layers.Dense(32, activation="swish")(inp)
h = keras.layers.Dense(16, activation="swish")(h)
out = keras.layers.Dense(3)(h)
net = keras.Model(inp, out)
net.compile(optimizer=keras.optimizers.Adam(3e-3), loss=hurdle_nll)
hist = net.fit(X, Y, batch_size=64, epochs=12, validation_split=0.2, verbose=2)  # whynan: healthy

pred = net.predict(X[-600:], verbose=0)
p = 1 / (1 + np.exp(-pred[:, 0]))
median = np.exp(pred[:, 1])
print("share that tips: said %.3f, was %.3f" % (p.mean(), (Y[-600:, 0] > 0).mean()))
print("typical tip of a giver: said %.2f, was %.2f"
      % (np.median(median), np.median(Y[-600:, 0][Y[-600:, 0] > 0])))
