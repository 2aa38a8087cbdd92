"""Ring widths of larch as a response to climate (Valais, 4 sites).

We follow the lab's habit and minimise chi-square with the measuring error
of the stage (0.02 mm), summed over the batch.
"""
import math

import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(1816)
g = np.random.default_rng(1816)

STAGE_ERROR_MM = 0.02


def climate_table(n):
    june = g.normal(0, 1, n)
    july = g.normal(0, 1, n) + 0.4 * june
    winter_rain = g.normal(0, 1, n)
    prev_ring = g.normal(0, 1, n)
    age = g.uniform(-1, 1, n)
    budmoth = (g.random(n) < 0.11).astype(float)
    width = (
        1.35
        + 0.28 * july
        + 0.15 * np.tanh(june)
        + 0.12 * prev_ring
        - 0.30 * age
        + 0.06 * winter_rain * july
        - 0.55 * budmoth
    )
    width = width + g.normal(0, 0.035, n)
    table = np.stack([june, july, winter_rain, prev_ring, age, budmoth], 1)
    return table.astype("float32"), width.astype("float32")


def build():
    return keras.Sequential([
        keras.Input((6,)),
        keras.layers.Dense(32, activation="tanh"),
        keras.layers.Dense(32, activation="tanh"),
        keras.layers.Dense(1),
    ])


def chi_square(width, guess):
    return tf.reduce_sum(tf.square((width - guess) / STAGE_ERROR_MM))


climate, ring = climate_table(4000)
climate_test, ring_test = climate_table(500)

EPOCHS, BATCH = 25, 250
steps = EPOCHS * math.ceil(len(ring) / BATCH)
model = build()
opt = keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(8e-3, steps))

for epoch in range(EPOCHS):
    perm = g.permutation(len(ring))
    total, largest = 0.0, 0.0
    for k in range(0, len(ring), BATCH):
        idx = perm[k:k + BATCH]
        with tf.GradientTape() as tape:
            guess = model(climate[idx], training=True)[:, 0]
            loss = chi_square(ring[idx], guess)
        grads = tape.gradient(loss, model.trainable_variables)
        grads, norm = tf.clip_by_global_norm(grads, 1.0)
        opt.apply_gradients(zip(grads, model.trainable_variables))  # whynan: healthy
        total += float(loss)
        largest = max(largest, float(norm))
    print(f"epoch {epoch:02d}: chi2 {total:14.1f}   largest gradient norm {largest:14.1f}")

guess = model(climate_test)[:, 0].numpy()
print("chi2 of the test rings:", float(chi_square(ring_test, guess)))
print("rmse of the test rings in mm:", float(np.sqrt(np.mean((guess - ring_test) ** 2))))
print("share of variance explained:", 1 - np.var(guess - ring_test) / np.var(ring_test))
