"""Dry matter of potatoes from near infrared spectra. Laboratory values exist for the old spectrometer only.

To make the network work on the new instrument I pull the encodings of both instruments together (a discrepancy of two
samples with an exponential kernel), starting after three epochs. Until then the error falls nicely, one step later
everything is nan. The discrepancy itself printed a sensible 0.3 before that.
"""
import numpy as np
import tensorflow as tf
import keras

BANDS, BATCH, ALONE, EPOCHS = 50, 40, 3, 6
rng = np.random.default_rng(17)
keras.utils.set_random_seed(17)


# --- spectra ---------------------------------------------------------------
def measure(count, gain, tilt, noise):
    wave = np.linspace(0.0, 1.0, BANDS)
    matter = rng.normal(21.0, 2.5, count)
    water = np.exp(-((wave - 0.62) ** 2) / 0.02)
    starch = np.exp(-((wave - 0.35) ** 2) / 0.01)
    z = (matter[:, None] - 21.0) / 2.5
    spectra = 0.8 - 0.25 * z * water + 0.2 * z * starch + rng.normal(0, 0.05, (count, 1))
    spectra = gain * spectra + tilt * wave + rng.normal(0, noise, (count, BANDS))
    return spectra.astype("float32"), z[:, 0].astype("float32")


old_x, old_y = measure(400, 1.0, 0.0, 0.03)
new_x, _ = measure(400, 1.15, -0.2, 0.02)
centre = old_x.mean(axis=0)
old_x, new_x = old_x - centre, new_x - centre


# --- discrepancy -----------------------------------------------------------
def squared_gaps(a, b):
    gap = tf.expand_dims(a, 1) - tf.expand_dims(b, 0)
    return tf.reduce_sum(gap * gap, axis=2)


def distances(a, b):
    # rounding could make it negative
    return tf.sqrt(tf.maximum(squared_gaps(a, b), 0.0))  # whynan: sqrt_grad_at_zero phase=gradient also=norm_grad_at_zero,clip_misuse


def kernel_mean(a, b, reach):
    return tf.reduce_mean(tf.exp(-distances(a, b) / reach))


def discrepancy(a, b):
    reach = tf.stop_gradient(tf.reduce_mean(distances(a, b))) + 1e-6
    return kernel_mean(a, a, reach) + kernel_mean(b, b, reach) - 2.0 * kernel_mean(a, b, reach)


# --- network and loop ------------------------------------------------------
encoder = keras.Sequential(
    [keras.Input((BANDS,)), keras.layers.Dense(32, activation="tanh"), keras.layers.Dense(8, activation="tanh")]
)
head = keras.layers.Dense(1)
head.build((None, 8))
weights = encoder.trainable_variables + head.trainable_variables
optimizer = keras.optimizers.Nadam(2e-3)


def learn(x, y, foreign, adapt):
    with tf.GradientTape() as tape:
        code = encoder(x, training=True)
        loss = tf.reduce_mean(tf.square(head(code)[:, 0] - y))
        if adapt:
            loss += 0.3 * discrepancy(code, encoder(foreign, training=True))
    optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights))
    return float(loss)


for epoch in range(EPOCHS):
    first, second = rng.permutation(len(old_x)), rng.permutation(len(new_x))
    history = []
    for start in range(0, len(first), BATCH):
        a, b = first[start : start + BATCH], second[start : start + BATCH]
        history.append(learn(old_x[a], old_y[a], new_x[b], adapt=epoch >= ALONE))
    gap = float(discrepancy(encoder(old_x[:100]), encoder(new_x[:100])))
    print(f"epoch {epoch}: loss {history[0]:.4f} ... {history[-1]:.4f}   discrepancy {gap:.3f}")
