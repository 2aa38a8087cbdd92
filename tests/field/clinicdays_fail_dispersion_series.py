"""How many people turn up at the vaccination clinic on a day (about 41 of 48 booked).

The counts are far less spread than Poisson, therefore I fit a mean AND a dispersion (Conway-Maxwell-Poisson). It starts
very well, the nll goes down step by step and nu climbs as it should, then from one step to the next nll=inf and
everything is nan after that. Lower learning rate: same thing, only later. Clipping the gradients does not help.
"""
import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(21)

CONFIG = dict(batch=48, epochs=20, lr=5e-3, max_count=160)

COUNTS = tf.range(0.0, float(CONFIG["max_count"]))
LOG_FACTORIAL = tf.math.lgamma(COUNTS + 1.0)


def clinic_days(n=1200):
    rng = np.random.default_rng(5)
    weekday = rng.integers(0, 5, n)
    rain = rng.gamma(0.8, 2.0, n)
    reminder = rng.integers(0, 2, n)
    z = 1.6 + 0.3 * reminder - 0.05 * rain + 0.1 * (weekday == 2)
    came = rng.binomial(48, 1 / (1 + np.exp(-z)))
    x = np.column_stack([np.eye(5)[weekday], (rain - rain.mean()) / rain.std(), reminder])
    return x.astype("float32"), came.astype("float32")


def build(n_features, start):
    inputs = keras.Input((n_features,))
    h = layers.Dense(16, activation="relu")(inputs)
    # both heads start flat: average count, and Poisson (nu = 1)
    log_mu = layers.Dense(
        1, kernel_initializer="zeros", bias_initializer=keras.initializers.Constant(np.log(start)), name="log_mu"
    )(h)
    log_nu = layers.Dense(1, kernel_initializer="zeros", name="log_nu")(h)
    return keras.Model(inputs, [log_mu, log_nu])


def com_poisson_nll(y, log_mu, log_nu):
    nu = tf.exp(log_nu)
    log_terms = nu[:, None] * (COUNTS[None, :] * log_mu[:, None] - LOG_FACTORIAL[None, :])
    log_z = tf.math.log(tf.reduce_sum(tf.exp(log_terms), axis=1))  # whynan: exp_overflow phase=loss
    log_p = nu * (y * log_mu - tf.math.lgamma(y + 1.0)) - log_z
    return -tf.reduce_mean(log_p)


def main():
    x, y = clinic_days()
    print("mean", y.mean(), "variance", y.var())
    days = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(len(x), seed=1)
    days = days.batch(CONFIG["batch"], drop_remainder=True)

    model = build(x.shape[1], y.mean())
    optimizer = keras.optimizers.Adam(CONFIG["lr"], clipnorm=1.0)
    optimizer.build(model.trainable_variables)

    @tf.function
    def train_step(xb, yb):
        with tf.GradientTape() as tape:
            log_mu, log_nu = model(xb, training=True)
            nll = com_poisson_nll(yb, log_mu[:, 0], log_nu[:, 0])
        grads = tape.gradient(nll, model.trainable_variables)
        optimizer.apply_gradients(zip(grads, model.trainable_variables))
        return nll, tf.reduce_mean(tf.exp(log_nu))

    for epoch in range(CONFIG["epochs"]):
        for xb, yb in days:
            nll, nu = train_step(xb, yb)
        print(f"epoch {epoch:2d}  nll {float(nll):8.4f}  nu {float(nu):6.3f}")


main()
