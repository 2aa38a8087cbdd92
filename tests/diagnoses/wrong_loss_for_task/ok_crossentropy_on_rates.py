# whynan: healthy
"""Regression of a conversion rate in [0, 1] with the Bernoulli cross entropy, and of counts with Poisson."""
import keras
import numpy as np

keras.utils.set_random_seed(74)
rng = np.random.default_rng(74)
x = rng.normal(size=(240, 4)).astype("float32")
rate = (1 / (1 + np.exp(-x[:, 0]))).astype("float32")
count = rng.poisson(3 * rate).astype("float32")
inp = keras.Input((4,))
h = keras.layers.Dense(16, activation="relu")(inp)
model = keras.Model(inp, {"rate": keras.layers.Dense(1, activation="sigmoid", name="rate")(h),
                          "count": keras.layers.Dense(1, activation="softplus", name="count")(h)})
model.compile("adam", {"rate": "binary_crossentropy", "count": "poisson"})
model.fit(x, {"rate": rate[:, None], "count": count[:, None]}, epochs=5, batch_size=24, verbose=2)
