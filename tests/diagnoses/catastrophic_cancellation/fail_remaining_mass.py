"""Discrete-time hazard model: the last class is 'no event', its probability is what remains."""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(53)
rng = np.random.default_rng(53)
BINS = 12
covariates = rng.normal(0, 12, size=(400, 7)).astype("float32")
event = np.clip(rng.poisson(np.exp(0.05 * covariates[:, 0]) * 3), 0, BINS)
onehot = keras.utils.to_categorical(event, BINS + 1)


def survival_nll(y, probs):
    event_part = tf.reduce_sum(y[:, :BINS] * tf.math.log(probs + 1e-8), axis=1)
    left = 1.0 - tf.reduce_sum(probs, axis=1)
    censored = y[:, BINS] * tf.math.log(left)  # whynan: catastrophic_cancellation phase=loss also=log_of_negative,log_of_zero,unscaled_input
    return -tf.reduce_mean(event_part + censored)


i = keras.Input((7,))
h = keras.layers.Dense(32, activation="relu")(i)
p = keras.layers.Dense(BINS + 1, activation="softmax")(h)
p = p[:, :BINS]
hazard = keras.Model(i, p)
hazard.compile(keras.optimizers.Adam(1e-3), loss=survival_nll)
print(hazard.fit(covariates, onehot, epochs=2, batch_size=50, verbose=0).history)
