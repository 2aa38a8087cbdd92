"""Iris-like data exported from R: the species factor is coded 1, 2, 3."""
import keras
import numpy as np

keras.utils.set_random_seed(23)
rng = np.random.default_rng(23)
species = np.repeat([1, 2, 3], 60)
x = np.stack([species * 1.5 + rng.normal(0, 0.4, 180), species * 0.7 + rng.normal(0, 0.2, 180)], 1).astype("float32")
order = rng.permutation(180)
x, species = x[order], species[order]

model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(12, activation="tanh"), keras.layers.Dense(3)])
model.compile(
    optimizer="adam",
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    jit_compile=True,
)
model.fit(x, species, epochs=3, batch_size=30, verbose=2)  # whynan: label_out_of_range phase=loss
