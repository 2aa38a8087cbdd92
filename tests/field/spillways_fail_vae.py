"""Variational autoencoder for the dam's sensor snapshot; later the reconstruction error becomes an alarm."""
import keras
import numpy as np
import pandas as pd
import tensorflow as tf
from keras import layers
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(3)
N_HOURS, N_GAUGES, LATENT = 1600, 24, 4


def hourly_readings():
    rng = np.random.default_rng(12)
    inflow = np.exp(0.8 * rng.standard_normal((N_HOURS, 3)))
    mixing = rng.uniform(0.2, 1.5, (3, N_GAUGES))
    level = inflow @ mixing + rng.normal(0, 0.1, (N_HOURS, N_GAUGES))
    cols = [f"gauge_{i:02d}" for i in range(N_GAUGES)]
    return pd.DataFrame(120.0 + 3.0 * level, columns=cols)


frame = hourly_readings()
print(frame.describe().loc[["mean", "std", "max"]].iloc[:, :4])
data = StandardScaler().fit_transform(frame).astype("float32")

encoder_in = keras.Input((N_GAUGES,))
e = layers.Dense(64, activation="relu")(encoder_in)
encoder = keras.Model(encoder_in, [layers.Dense(LATENT)(e), layers.Dense(LATENT)(e)], name="encoder")

decoder = keras.Sequential(
    [
        keras.Input((LATENT,)),
        layers.Dense(64, activation="relu"),
        layers.Dense(N_GAUGES, activation="sigmoid"),
    ],
    name="decoder",
)

weights = encoder.trainable_variables + decoder.trainable_variables
optimizer = keras.optimizers.Adam(2e-3)
optimizer.build(weights)


def reconstruction(x, p):
    nll = -(x * tf.math.log(p) + (1.0 - x) * tf.math.log(1.0 - p))  # whynan: label_not_in_unit_interval phase=loss also=log_of_zero
    return tf.reduce_mean(tf.reduce_sum(nll, axis=1))


def kl_divergence(mean, log_var):
    term = 1.0 + log_var - tf.square(mean) - tf.exp(log_var)
    return -0.5 * tf.reduce_mean(tf.reduce_sum(term, axis=1))


@tf.function
def update(x):
    with tf.GradientTape() as tape:
        mean, log_var = encoder(x, training=True)
        z = mean + tf.exp(0.5 * log_var) * tf.random.normal(tf.shape(mean))
        p = decoder(z, training=True)
        rec = reconstruction(x, p)
        kl = kl_divergence(mean, log_var)
        elbo = rec + kl
    grads = tape.gradient(elbo, weights)
    optimizer.apply_gradients(zip(grads, weights))
    return rec, kl


ds = tf.data.Dataset.from_tensor_slices(data).shuffle(N_HOURS, seed=1).batch(64)
for epoch in range(40):
    recs, kls = [], []
    for xb in ds:
        r, k = update(xb)
        recs.append(float(r))
        kls.append(float(k))
    if epoch % 4 == 0 or epoch == 39:
        print(f"epoch {epoch:3d}  rec {np.mean(recs):12.3f}  kl {np.mean(kls):9.3f}")
