"""Photometric redshifts: weighted regression, every galaxy weighted with the inverse variance of its flux.

The catalogue (a FITS table) is a structured float32 array in cgs units: erg / s / cm^2 / Hz, so fluxes are around 1e-28.
I never give these numbers to the network, only magnitudes and colours.
"""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(19)
CATALOGUE = np.dtype([("id", "i8"), ("flux", "f4", (5,)), ("flux_err", "f4", (5,)), ("z", "f4")])


def read_catalogue(n=600, seed=20):
    rng = np.random.default_rng(seed)
    table = np.zeros(n, dtype=CATALOGUE)
    table["id"] = np.arange(n)
    table["z"] = rng.gamma(3.0, 0.2, n)
    slope = np.linspace(-0.8, 0.8, 5)
    magnitude = 21.0 + rng.normal(0, 0.8, (n, 1)) + slope * (1.0 - table["z"][:, None]) + rng.normal(0, 0.05, (n, 5))
    table["flux"] = 10.0 ** (-0.4 * (magnitude + 48.6))
    table["flux_err"] = table["flux"] * rng.uniform(0.02, 0.12, (n, 5))
    return table


def ab_magnitude(flux):
    return -2.5 * np.log10(flux) - np.float32(48.6)


class GalaxySample:
    reference = 2       # r band

    def __init__(self, table):
        self.table = table

    @property
    def features(self):
        m = ab_magnitude(self.table["flux"])
        colours = m[:, :-1] - m[:, 1:]
        return np.concatenate([m[:, self.reference:self.reference + 1] - 21.0, colours], axis=1)

    @property
    def inverse_variance(self):
        sigma = self.table["flux_err"][:, self.reference]
        return 1.0 / sigma ** 2  # whynan: divide_by_zero phase=data also=inf_in_input,nan_in_input

    def dataset(self, batch):
        weight = self.inverse_variance
        weight = weight / np.median(weight)
        arrays = (self.features, self.table["z"], weight)
        return tf.data.Dataset.from_tensor_slices(arrays).shuffle(600, seed=1).batch(batch)


def network():
    inputs = keras.Input((5,))
    h = keras.layers.Dense(48, activation="tanh")(inputs)
    h = keras.layers.Dense(48, activation="tanh")(h)
    return keras.Model(inputs, keras.layers.Dense(1, activation="softplus")(h))


model = network()
optimizer = keras.optimizers.AdamW(2e-3, weight_decay=1e-4)


@tf.function
def step(x, z, weight):
    with tf.GradientTape() as tape:
        residual = (model(x, training=True)[:, 0] - z) / (1.0 + z)
        loss = tf.reduce_mean(weight * tf.square(residual))
    grads = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(grads, model.trainable_variables))
    return loss


dataset = GalaxySample(read_catalogue()).dataset(batch=50)
for epoch in range(3):
    losses = [float(step(*batch)) for batch in dataset]
    print("epoch", epoch, "weighted loss", np.mean(losses))
