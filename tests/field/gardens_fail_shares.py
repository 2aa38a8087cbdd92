"""Predict hourly bee visits of allotment gardens from what is flowering there.

Input: number of flowering plants per species (30 species) and one visit count per survey.
"""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(41)
rng = np.random.default_rng(41)

N_SURVEYS = 1603
N_SPECIES = 30
BATCH = 64


def simulate_surveys():
    abundance = np.linspace(0.25, 0.6, N_SPECIES)
    flowering = rng.poisson(abundance, size=(N_SURVEYS, N_SPECIES))
    attractiveness = rng.gamma(2.0, 0.5, size=N_SPECIES)
    warm = rng.normal(18.0, 4.0, size=N_SURVEYS)
    score = flowering @ attractiveness / 4.0 + 0.08 * (warm - 18.0)
    visits = np.maximum(score + rng.normal(0, 0.3, N_SURVEYS), 0.0)
    return flowering.astype("float32"), warm.astype("float32"), visits.astype("float32")


def build_model():
    plants = keras.Input((N_SPECIES,), name="plants")
    warm = keras.Input((1,), name="temperature")

    # composition of the garden, independent of how big it is
    share = keras.layers.Lambda(lambda c: c / tf.reduce_sum(c, axis=0, keepdims=True), name="share")(plants)  # whynan: divide_by_zero phase=forward
    total = keras.layers.Lambda(lambda c: tf.math.log1p(tf.reduce_sum(c, axis=1, keepdims=True)), name="size")(plants)

    h = keras.layers.Concatenate()([share, total, warm])
    h = keras.layers.Dense(32, activation="tanh")(h)
    h = keras.layers.Dense(16, activation="tanh")(h)
    out = keras.layers.Dense(1, name="visits")(h)
    return keras.Model([plants, warm], out)


plants, warm, visits = simulate_surveys()
warm = ((warm - warm.mean()) / warm.std())[:, None]
print("surveys:", len(visits), "mean visits: %.2f" % visits.mean())

model = build_model()
model.compile(optimizer=keras.optimizers.Adam(2e-3), loss="mse", metrics=["mae"])
history = model.fit([plants, warm], visits[:, None], batch_size=BATCH, epochs=5, verbose=2)

pred = model.predict([plants[:5], warm[:5]], verbose=0)
for p, v in zip(pred[:, 0], visits[:5]):
    print("predicted %.2f   counted %.2f" % (p, v))
