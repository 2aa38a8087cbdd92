"""Joint model of significant wave height and peak period for mooring design.

Weibull height, log-normal period, tied by a Gaussian copula. All five
parameters depend on the weather of the day (wind, fetch, season).
"""
import math

import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(90)


def hindcast(n, seed=90):
    r = np.random.default_rng(seed)
    wind = r.weibull(2.0, n) * 9.0
    fetch = r.uniform(20, 600, n)
    season = r.uniform(0, 2 * np.pi, n)
    swell = r.exponential(0.5, n)
    lam = 0.5 + 0.13 * wind * (fetch / 300) ** 0.25 + 0.3 * np.cos(season) + swell
    hs = np.maximum(lam, 0.4) * r.weibull(1.9, n) + 0.2
    remote = r.choice(n, 8, replace=False)          # long swell from far-off hurricanes
    hs[remote] = r.uniform(16.0, 19.5, 8)
    tp = 4.2 * np.sqrt(hs) * np.exp(r.normal(0, 0.15, n)) + 1.0
    x = np.column_stack([wind, np.log(fetch), np.cos(season), np.sin(season), swell])
    x = (x - x.mean(0)) / x.std(0)
    return x.astype("float32"), hs.astype("float32"), tp.astype("float32")


def split_params(raw):
    lam = tf.nn.softplus(raw[:, 0]) + 0.1
    k = 1.0 + tf.nn.softplus(raw[:, 1])
    mu = 2.0 + raw[:, 2]
    sig = tf.nn.softplus(raw[:, 3]) + 0.05
    rho = 0.98 * tf.tanh(raw[:, 4])
    return lam, k, mu, sig, rho


def joint_nll(raw, hs, tp):
    lam, k, mu, sig, rho = split_params(raw)

    ratio = hs / lam
    log_f_h = tf.math.log(k / lam) + (k - 1.0) * tf.math.log(ratio) - ratio ** k
    z_t = (tf.math.log(tp) - mu) / sig
    log_f_t = -0.5 * z_t ** 2 - tf.math.log(sig * tp) - 0.5 * math.log(2 * math.pi)

    u_h = 1.0 - tf.exp(-(ratio ** k))
    z_h = tf.math.ndtri(u_h)  # whynan: special_function_domain phase=forward|loss
    one_m = 1.0 - rho ** 2
    quad = rho ** 2 * (z_h ** 2 + z_t ** 2) - 2.0 * rho * z_h * z_t
    log_c = -0.5 * tf.math.log(one_m) - quad / (2.0 * one_m)
    return -tf.reduce_mean(log_f_h + log_f_t + log_c)


net = keras.Sequential([
    keras.Input((5,)),
    keras.layers.Dense(32, activation="tanh"),
    keras.layers.Dense(32, activation="tanh"),
    keras.layers.Dense(5),
])
opt = keras.optimizers.Adam(learning_rate=2e-3)

x, hs, tp = hindcast(1600)
print(f"Hs mean {hs.mean():.2f} m, max {hs.max():.2f} m; Tp mean {tp.mean():.1f} s")

order = np.random.default_rng(1)
for epoch in range(5):
    perm = order.permutation(len(x))
    total = 0.0
    for start in range(0, len(x), 100):
        b = perm[start:start + 100]
        with tf.GradientTape() as tape:
            nll = joint_nll(net(x[b], training=True), hs[b], tp[b])
        grads = tape.gradient(nll, net.trainable_variables)
        opt.apply_gradients(zip(grads, net.trainable_variables))
        total += float(nll) * len(b)
    print(f"epoch {epoch + 1}: nll {total / len(x):.3f}")

lam, k, mu, sig, rho = [v.numpy() for v in split_params(net(x[:200]))]
print("mean correlation:", rho.mean().round(3))
h50 = lam * (-np.log(1 / (50 * 365.25 * 8))) ** (1 / k)
print("50-year Hs, median over conditions:", np.median(h50).round(2), "m")
