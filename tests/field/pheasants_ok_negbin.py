"""Pheasant counts per transect walk, negative binomial with a dispersion that depends on habitat."""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(77)
rng = np.random.default_rng(77)

n = 1500
hedge_km = rng.gamma(2.0, 0.6, n)
arable = rng.beta(3, 2, n)
released = rng.binomial(1, 0.25, n)
frost_days = rng.poisson(6, n)
eta = 0.3 + 0.5 * hedge_km + 0.8 * arable + 0.9 * released - 0.08 * frost_days
r_true = np.exp(-0.2 + 0.5 * arable)
counts = rng.negative_binomial(r_true, r_true / (r_true + np.exp(eta)))

X = np.column_stack([hedge_km, arable, released, frost_days])
X = ((X - X.mean(0)) / X.std(0)).astype("float32")
Y = counts[:, None].astype("float32")
print("zero walks:", int((counts == 0).sum()), "of", n, " max:", counts.max())


def nb_nll(y, out):
    log_mu, log_r = out[:, :1], out[:, 1:]
    r = tf.exp(log_r)
    log_total = tf.reduce_logsumexp(out, axis=1, keepdims=True)     # log(r + mu)
    ll = (
        tf.math.lgamma(y + r) - tf.math.lgamma(r) - tf.math.lgamma(y + 1.0)
        + r * (log_r - log_total)
        + y * (log_mu - log_total)
    )
    return -tf.reduce_mean(ll)


def unit_deviance(y, out):
    mu = tf.exp(out[:, :1])
    return 2.0 * (y * tf.math.log(y / mu) - (y - mu))  # whynan: side_nonfinite


def bias(y, out):
    return tf.exp(out[:, :1]) - y


inp = keras.Input((4,), name="habitat")
h = layers.Dense(16, activation="tanh")(inp)
log_mu = layers.Dense(1, name="log_mu")(h)
log_r = layers.Dense(1, kernel_initializer="zeros", name="log_r")(h)
model = keras.Model(inp, layers.Concatenate()([log_mu, log_r]))

model.compile(
    optimizer=keras.optimizers.RMSprop(2e-3),
    loss=nb_nll,
    metrics=[unit_deviance, bias],
)
log = model.fit(X, Y, batch_size=50, epochs=12, verbose=2)
print("nll", log.history["loss"][0], "->", log.history["loss"][-1])

out = model.predict(X, verbose=0)
for lo, hi in [(0, 0.4), (0.4, 0.7), (0.7, 1.0)]:
    sel = (arable >= lo) & (arable < hi)
    print(f"arable {lo}-{hi}: observed {counts[sel].mean():.2f} fitted {np.exp(out[sel, 0]).mean():.2f}")
