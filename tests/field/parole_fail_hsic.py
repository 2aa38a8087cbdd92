"""Parole risk score whose hidden representation should not depend on a protected attribute.

Cross entropy first; after a warm-up the HSIC between representation and attribute is added
(kernel independence penalty, Gretton et al. 2005).
"""
import numpy as np
import pandas as pd
import tensorflow as tf
import keras
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(17)

WARMUP, EPOCHS, BATCH, MU = 3, 8, 128, 2.0


def load_hearings(n=1600):
    rng = np.random.default_rng(4)
    df = pd.DataFrame({
        "age": rng.normal(36, 10, n).clip(18, 75),
        "priors": rng.poisson(2.5, n),
        "months_served": rng.gamma(3, 14, n),
        "programs": rng.poisson(1.2, n),
        "infractions": rng.poisson(0.9, n),
        "has_job_offer": rng.integers(0, 2, n),
        "female": (rng.random(n) < 0.27).astype(int),
    })
    risk = (-0.05 * (df.age - 36) + 0.35 * df.priors - 0.4 * df.programs + 0.5 * df.infractions
            - 0.6 * df.has_job_offer - 0.5 * df.female - 0.4)
    df["rearrest"] = (rng.random(n) < 1 / (1 + np.exp(-risk))).astype(int)
    return df


# ---- kernels -----------------------------------------------------------
def squared_distances(v):
    return tf.reduce_sum(tf.square(v[:, None, :] - v[None, :, :]), axis=-1)


def median(values):
    flat = tf.sort(tf.reshape(values, [-1]))
    return flat[tf.size(flat) // 2]


def gram(v):
    """RBF Gram matrix, bandwidth from the median heuristic"""
    d2 = squared_distances(v)
    width = tf.stop_gradient(median(d2))
    return tf.exp(-d2 / width)  # whynan: divide_by_zero phase=loss


def hsic(a, b):
    n = tf.shape(a)[0]
    m = tf.cast(n, tf.float32)
    centre = tf.eye(n) - 1.0 / m
    return tf.linalg.trace(gram(a) @ centre @ gram(b) @ centre) / tf.square(m - 1.0)


# ---- model -------------------------------------------------------------
def build(width):
    inp = keras.Input((width,))
    h = keras.layers.Dense(24, activation="relu")(inp)
    rep = keras.layers.Dense(6, activation="tanh", name="representation")(h)
    score = keras.layers.Dense(1, name="score")(rep)
    return keras.Model(inp, [rep, score])


df = load_hearings()
features = ["age", "priors", "months_served", "programs", "infractions", "has_job_offer"]
X = StandardScaler().fit_transform(df[features]).astype("float32")
s = df[["female"]].to_numpy("float32")
y = df[["rearrest"]].to_numpy("float32")

net = build(X.shape[1])
opt = keras.optimizers.Adam(3e-3)
bce = keras.losses.BinaryCrossentropy(from_logits=True)
ds = tf.data.Dataset.from_tensor_slices((X, s, y)).shuffle(len(X), seed=1).batch(BATCH)

for epoch in range(EPOCHS):
    seen = []
    for xb, sb, yb in ds:
        with tf.GradientTape() as tape:
            rep, score = net(xb, training=True)
            loss = bce(yb, score)
            if epoch >= WARMUP:
                loss += MU * hsic(rep, sb)
        grads = tape.gradient(loss, net.trainable_variables)
        opt.apply_gradients(zip(grads, net.trainable_variables))
        seen.append(float(loss))
    print(f"epoch {epoch:2d}  loss {np.mean(seen):.4f}")

_, score = net(X)
p = keras.ops.convert_to_numpy(keras.ops.sigmoid(score))
print("mean score men / women:", p[s == 0].mean(), p[s == 1].mean())
