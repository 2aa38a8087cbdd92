# Delay distribution of departing flights -> mixture of gaussians, small regional airline
import numpy as np
import pandas as pd
import keras
import tensorflow as tf
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(55)
K = 3
FLOOR = -40.0

rng = np.random.default_rng(21)
n = 2400
flights = pd.DataFrame(
    {
        "hour": rng.integers(6, 23, n),
        "weekday": rng.integers(0, 7, n),
        "crosswind": rng.gamma(2.0, 4.0, n),
        "load_factor": rng.beta(6, 2, n),
        "turnaround": rng.normal(42, 7, n),
        "deicing": (rng.random(n) < 0.12).astype(int),
    }
)
late_inbound = rng.random(n) < 0.1 + 0.015 * (flights.hour - 6)
delay = (
    rng.normal(2, 3, n)
    + np.where(late_inbound, rng.normal(24, 6, n), 0)
    + 0.15 * flights.crosswind
    + 14 * flights.deicing
    + 0.1 * (45 - flights.turnaround)
).to_numpy().copy()
# stranded overnight, from the incident book
for flight, minutes in {318: 1510, 977: 2870, 1446: 1385, 2051: 3120}.items():
    delay[flight] = minutes
flights["delay"] = delay

X = StandardScaler().fit_transform(flights.drop(columns="delay")).astype("float32")
y = ((flights["delay"] - flights["delay"].median()) / 9.0).to_numpy("float32")[:, None]


def mixture_parameters(out):
    logits, mu, log_sigma = tf.split(out, 3, axis=-1)
    return tf.nn.softmax(logits), mu, tf.exp(log_sigma)


def gauss(y, mu, sigma):
    z = (y - mu) / sigma
    return tf.exp(-0.5 * z * z) / (sigma * np.sqrt(2 * np.pi).astype("float32"))


def nll(y_true, y_pred):
    weight, mu, sigma = mixture_parameters(y_pred)
    likelihood = tf.reduce_sum(weight * gauss(y_true, mu, sigma), axis=-1)
    # one weird flight shall not dominate the batch
    return -tf.maximum(tf.math.log(likelihood), FLOOR)  # whynan: clip_misuse phase=gradient also=log_of_zero,exp_underflow,where_gradient_trap rows=318,977,1446,2051


def network():
    inp = keras.Input((X.shape[1],))
    h = keras.layers.Dense(32, activation="tanh")(inp)
    h = keras.layers.Dense(32, activation="tanh")(h)
    return keras.Model(inp, keras.layers.Dense(3 * K)(h))


model = network()
model.compile(optimizer=keras.optimizers.Nadam(1e-3), loss=nll, jit_compile=False)
hist = model.fit(X, y, batch_size=64, epochs=6, verbose=0)
print("nll per epoch:", np.round(hist.history["loss"], 3))

w, mu, sigma = (t.numpy() for t in mixture_parameters(model(X[:5])))
for i in range(5):
    parts = ", ".join(f"{a:.2f} x N({9 * b:.0f}, {9 * c:.0f})" for a, b, c in zip(w[i], mu[i], sigma[i]))
    print(f"flight {i}: {parts}   real {flights.delay[i]:.0f} min")
