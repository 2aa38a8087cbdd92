"""Next year's turnover with each retailer (euro): more than half order nothing, a few order for millions.

Zero-inflated lognormal loss: one output says whether there will be an order at all,
the other two give the lognormal of its size.
"""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(66)
gen = np.random.default_rng(66)

N, BATCH = 2560, 128


def customer_base(n):
    x = gen.normal(0, 1, (n, 7))
    will = gen.random(n) < 1 / (1 + np.exp(0.4 - 1.3 * x[:, 0] + 0.9 * x[:, 1] * x[:, 2]))
    log_size = 11.5 + 1.5 * x[:, 3] + 0.8 * x[:, 0] - 0.6 * np.abs(x[:, 4]) + gen.normal(0, 0.7, n)
    return x.astype("float32"), np.where(will, np.exp(log_size), 0.0).astype("float32")[:, None]


x, y = customer_base(N + 640)
x_new, y_new = x[N:], y[N:]
x, y = x[:N], y[:N]

ordered = np.log(y[y > 0])
CENTRE, WIDTH = float(ordered.mean()), float(ordered.std())
print(f"{(y == 0).mean():.0%} without order, largest {y.max():,.0f} euro, variance {y.var():.2e}")


def lognormal_of(out):
    mu = CENTRE + WIDTH * out[:, 1:2]
    sigma = tf.nn.softplus(out[:, 2:3]) + 0.05
    return mu, sigma


def ziln(y_true, y_pred):
    some = y_true > 0
    mu, sigma = lognormal_of(y_pred)
    size = tf.where(some, tf.math.log(y_true), mu)
    z = (size - mu) / sigma
    amount = tf.cast(some, tf.float32) * (0.5 * z * z + tf.math.log(sigma))
    decision = tf.nn.sigmoid_cross_entropy_with_logits(
        labels=tf.cast(some, tf.float32), logits=y_pred[:, 0:1])
    return (amount + decision)[:, 0]


model = keras.Sequential([
    keras.Input((7,)),
    keras.layers.Dense(48, activation="swish"),
    keras.layers.Dense(24, activation="swish"),
    keras.layers.Dense(3),
])
model.compile(optimizer=keras.optimizers.Adam(4e-3), loss=ziln)

for epoch in range(14):
    order = gen.permutation(N)
    seen = []
    for i in range(0, N, BATCH):
        rows = order[i:i + BATCH]
        seen.append(float(model.train_on_batch(x[rows], y[rows])))  # whynan: healthy
    print(f"epoch {epoch:2d}  nll {np.mean(seen):.3f}")

out = model.predict(x_new, verbose=0).astype("float64")
p = 1 / (1 + np.exp(-out[:, 0]))
sigma = np.log1p(np.exp(out[:, 2])) + 0.05
expected = p * np.exp(CENTRE + WIDTH * out[:, 1] + sigma ** 2 / 2)
best = np.argsort(-expected)[:64]
print(f"expected {expected.sum():,.0f}  real {y_new.sum():,.0f}")
print(f"the best 10 % bring {y_new[best].sum() / y_new.sum():.0%} of the turnover")
