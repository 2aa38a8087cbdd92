"""
Gridding of a relative gravity survey (Bouguer anomaly, mGal) by a Gaussian process.
Hyperparameters by maximum marginal likelihood, no GP library needed.
"""
import math
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(9)
rng = np.random.default_rng(9)


def survey(n_lines=9, per_line=40):
    """stations on roughly parallel roads, coordinates UTM 32N in km"""
    pts = []
    for k in range(n_lines):
        east0 = 431.0 + 1.4 * k
        along = np.arange(per_line) * 0.18 + rng.normal(0, 0.02, per_line)
        pts.append(np.c_[east0 + 0.12 * along + rng.normal(0, 0.03, per_line), 5408.0 + along])
    pts = np.concatenate(pts)
    e, n = pts[:, 0] - 437, pts[:, 1] - 5411.5
    g = -31 + 0.22 * e - 0.4 * n
    g += 4.5 * np.exp(-((e + 1) ** 2 + (n - 0.5) ** 2) / 6)
    g -= 3.0 * np.exp(-((e - 3) ** 2 + (n + 1) ** 2) / 3)
    return pts.astype("float32"), (g + rng.normal(0, 0.05, len(g))).astype("float32")


stations, bouguer = survey()
perm = rng.permutation(len(stations))
train, test = perm[:300], perm[300:]
base = bouguer[train].mean()

X = tf.constant(stations[train])
y = tf.constant((bouguer[train] - base)[:, None])
Xs = tf.constant(stations[test])

log_ell = tf.Variable(math.log(2.0), dtype=tf.float32, name="log_ell")
log_amp = tf.Variable(math.log(3.0), dtype=tf.float32, name="log_amp")
log_noise = tf.Variable(math.log(0.1), dtype=tf.float32, name="log_noise")
theta = [log_ell, log_amp, log_noise]


def pairwise_sq(a, b):
    aa = tf.reduce_sum(a * a, axis=1)[:, None]
    bb = tf.reduce_sum(b * b, axis=1)[None, :]
    return aa + bb - 2.0 * tf.matmul(a, b, transpose_b=True)


def matern32(a, b):
    ell = tf.exp(log_ell)
    dist = tf.sqrt(pairwise_sq(a / ell, b / ell))  # whynan: catastrophic_cancellation phase=forward|loss also=sqrt_of_negative
    s = math.sqrt(3.0) * dist
    return tf.exp(2.0 * log_amp) * (1.0 + s) * tf.exp(-s)


def factor():
    K = matern32(X, X)
    K += (tf.exp(2.0 * log_noise) + 1e-4) * tf.eye(X.shape[0])
    return tf.linalg.cholesky(K)


def neg_log_evidence():
    L = factor()
    alpha = tf.linalg.cholesky_solve(L, y)
    fit = 0.5 * tf.reduce_sum(y * alpha)
    det = tf.reduce_sum(tf.math.log(tf.linalg.diag_part(L)))
    return (fit + det) / X.shape[0] + 0.5 * math.log(2 * math.pi)


opt = keras.optimizers.Adam(0.03)
for it in range(80):
    with tf.GradientTape() as tape:
        nle = neg_log_evidence()
    opt.apply_gradients(zip(tape.gradient(nle, theta), theta))
    if it % 10 == 0:
        print(f"{it:3d}  nle {float(nle):8.4f}  ell {math.exp(float(log_ell)):.3f} km"
              f"  amp {math.exp(float(log_amp)):.3f}  noise {math.exp(float(log_noise)):.3f}")

alpha = tf.linalg.cholesky_solve(factor(), y)
pred = (matern32(Xs, X) @ alpha).numpy()[:, 0] + base
print("rms at left-out stations [mGal]:", np.sqrt(np.mean((pred - bouguer[test]) ** 2)))
