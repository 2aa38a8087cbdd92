"""CTR modelling with a Beta likelihood. Loss goes to inf in the first epoch, no idea why - all targets are rates!"""
import numpy as np
import pandas as pd
import tensorflow as tf
import keras

keras.utils.set_random_seed(7)
rng = np.random.default_rng(7)

n = 320
df = pd.DataFrame(
    {
        "budget": rng.gamma(2.0, 1.0, n),
        "hour": rng.integers(0, 24, n) / 24.0,
        "n_keywords": rng.poisson(5, n) / 5.0,
        "position": rng.uniform(0, 1, n),
    }
)
df["ctr"] = rng.beta(2.0, 8.0, n).clip(0.01, 0.95)
df.loc[141, "ctr"] = 0.0  # campaign that was paused after a few impressions


def log_beta_fn(a, b):
    return tf.math.lgamma(a) + tf.math.lgamma(b) - tf.math.lgamma(a + b)


def beta_nll(y_true, y_pred):
    alpha, beta = tf.split(y_pred, 2, axis=-1)
    log_y = tf.math.log(y_true)  # whynan: label_on_boundary phase=loss rows=141 also=log_of_zero
    log_1my = tf.math.log1p(-y_true)
    ll = (alpha - 1.0) * log_y + (beta - 1.0) * log_1my - log_beta_fn(alpha, beta)
    return -tf.reduce_mean(ll)


features = ["budget", "hour", "n_keywords", "position"]
inputs = keras.Input((len(features),))
h = keras.layers.Dense(16, activation="tanh")(inputs)
h = keras.layers.Dense(16, activation="tanh")(h)
params = keras.layers.Dense(2, activation="softplus", name="alpha_beta")(h)
model = keras.Model(inputs, params)
model.compile(optimizer=keras.optimizers.Adam(1e-3), loss=beta_nll)

X = df[features].to_numpy("float32")
y = df[["ctr"]].to_numpy("float32")
model.fit(X, y, batch_size=32, epochs=3, verbose=2)
