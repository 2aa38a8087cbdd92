"""Time to seroconversion from periodic tests (interval censored Weibull regression).

For every person we only know the last negative and the first positive test.
"""
import numpy as np
import pandas as pd
import tensorflow as tf
import keras

keras.utils.set_random_seed(58)
rng = np.random.default_rng(58)


def make_cohort(n=960):
    df = pd.DataFrame({
        "age": rng.normal(34, 9, n).round(1),
        "partners": rng.poisson(2.0, n),
        "prep": rng.integers(0, 2, n),
        "urban": rng.integers(0, 2, n),
        "score": rng.normal(0, 1, n),
    })
    log_scale = 1.6 + 0.5 * df.prep - 0.12 * df.partners + 0.2 * df.score
    event = np.exp(log_scale) * rng.weibull(1.4, n) + 0.5
    gap = rng.uniform(0.3, 1.2, n)                       # visit spacing in years
    visit = np.floor((event - 0.4) / gap).clip(0)
    df["last_negative"] = 0.4 + visit * gap
    df["first_positive"] = df.last_negative + gap
    return df


cohort = make_cohort()
features = ["age", "partners", "prep", "urban", "score"]
X = cohort[features].astype("float32")
X = ((X - X.mean()) / X.std()).to_numpy()
left = cohort[["last_negative"]].to_numpy("float32")
right = cohort["first_positive"].to_numpy("float32")

train = (tf.data.Dataset.from_tensor_slices((X, left, right))
         .shuffle(960, seed=3)
         .batch(48))

net = keras.Sequential([
    keras.layers.Input((len(features),)),
    keras.layers.Dense(24, activation="relu"),
    keras.layers.Dense(24, activation="relu"),
    keras.layers.Dense(2, kernel_initializer="zeros"),
])
opt = keras.optimizers.Adam(2e-3, clipnorm=5.0)


def survival(t, scale, shape):
    return tf.exp(-tf.pow(t / scale, shape))


def interval_nll(out, t_left, t_right):
    scale = 5.0 * tf.exp(out[:, 0])
    shape = 0.4 + tf.nn.softplus(out[:, 1])
    mass = survival(t_left, scale, shape) - survival(t_right, scale, shape)
    return -tf.reduce_mean(tf.math.log(mass + 1e-8))  # whynan: log_of_negative phase=loss|forward


@tf.function
def train_step(x, t_left, t_right):
    with tf.GradientTape() as tape:
        nll = interval_nll(net(x, training=True), t_left, t_right)
    grads = tape.gradient(nll, net.trainable_variables)
    opt.apply_gradients(zip(grads, net.trainable_variables))
    return nll


for epoch in range(25):
    mean = keras.metrics.Mean()
    for x, l, r in train:
        mean.update_state(train_step(x, l, r))
    if epoch % 4 == 0:
        print("epoch", epoch, "nll", float(mean.result()))

median_scale = 5.0 * np.exp(net.predict(X, verbose=0)[:, 0])
print("median Weibull scale:", np.median(median_scale))
