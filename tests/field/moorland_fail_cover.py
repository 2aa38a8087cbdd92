"""Heather cover in moorland quadrats: beta regression with a small hidden layer,
fitted with L-BFGS because Adam took ages on 640 rows."""
import numpy as np
import pandas as pd
import tensorflow as tf
import keras
from scipy.optimize import minimize

keras.utils.set_random_seed(6)


def field_sheet(n=640):
    rng = np.random.default_rng(88)
    df = pd.DataFrame({
        "altitude": rng.uniform(180, 620, n),
        "slope": rng.gamma(2.0, 4.0, n),
        "peat_cm": rng.gamma(3.0, 22.0, n),
        "years_since_burn": rng.integers(1, 26, n),
        "sheep_ha": rng.gamma(1.5, 0.6, n),
    })
    eta = (0.004 * (df.altitude - 400) + 0.09 * (df.years_since_burn - 12)
           - 0.7 * (df.sheep_ha - 0.9) + 0.01 * (df.peat_cm - 66))
    mu = 1.0 / (1.0 + np.exp(-eta))
    share = rng.beta(mu * 7.0, (1.0 - mu) * 7.0)
    df["cover_pct"] = np.clip(np.round(100 * share), 2, 97)
    # transcribed from the second surveyor's notebook
    df.loc[[41, 288, 530], "cover_pct"] = 100
    return df


sheet = field_sheet()
cols = ["altitude", "slope", "peat_cm", "years_since_burn", "sheep_ha"]
x = ((sheet[cols] - sheet[cols].mean()) / sheet[cols].std()).to_numpy("float32")
y = (sheet["cover_pct"] / 100.0).to_numpy("float32")
x, y = tf.constant(x), tf.constant(y)

HIDDEN = 6
weights = [
    tf.Variable(tf.random.normal([len(cols), HIDDEN], stddev=0.4)),
    tf.Variable(tf.zeros([HIDDEN])),
    tf.Variable(tf.random.normal([HIDDEN, 1], stddev=0.4)),
    tf.Variable(tf.zeros([1])),
    tf.Variable(1.5),                       # log precision
]
sizes = [w.shape.num_elements() for w in weights]
cuts = np.cumsum(sizes)[:-1]


def beta_loglik(y, a, b):
    norm = tf.math.lgamma(a + b) - tf.math.lgamma(a) - tf.math.lgamma(b)
    left = (a - 1.0) * tf.math.log(y)
    right = (b - 1.0) * tf.math.log(1.0 - y)  # whynan: label_on_boundary phase=forward|loss also=log_of_zero rows=41,288,530
    return norm + left + right


@tf.function
def value_and_grad():
    w1, b1, w2, b2, log_phi = weights
    with tf.GradientTape() as tape:
        h = tf.tanh(x @ w1 + b1)
        mu = tf.sigmoid(tf.squeeze(h @ w2 + b2, 1))
        phi = tf.exp(log_phi)
        ll = beta_loglik(y, mu * phi, (1.0 - mu) * phi)
        ridge = 1e-3 * (tf.reduce_sum(w1 ** 2) + tf.reduce_sum(w2 ** 2))
        loss = ridge - tf.reduce_mean(ll)
    return loss, tape.gradient(loss, weights)


def put(theta):
    for w, part in zip(weights, np.split(theta, cuts)):
        w.assign(part.reshape(tuple(w.shape)).astype("float32"))


trace = []


def objective(theta):
    put(theta)
    loss, grads = value_and_grad()
    trace.append(float(loss))
    return trace[-1], np.concatenate([g.numpy().ravel() for g in grads]).astype("float64")


start = np.concatenate([w.numpy().ravel() for w in weights]).astype("float64")
fit = minimize(objective, start, jac=True, method="L-BFGS-B", options={"maxiter": 120})
put(fit.x)
print(fit.message, "| evaluations:", len(trace))
print("negative log likelihood:", trace[0], "->", trace[-1])
print("precision:", float(tf.exp(weights[-1])))
