"""Grain size composition of river bed samples from hydraulic covariates.

The eight size classes have to sum to one, so the last layer closes the composition. I use the distance
between square roots as loss, as is usual for compositions. The first batch prints a sensible number,
from the second one on the loss no longer means anything.
"""
import keras
import numpy as np
from keras import layers, ops

keras.utils.set_random_seed(31)

CLASSES = ["clay", "silt", "vf_sand", "f_sand", "m_sand", "c_sand", "gravel", "cobble"]


def river_samples(n=640):
    rng = np.random.default_rng(8)
    slope = rng.lognormal(-6.0, 0.8, n)
    discharge = rng.lognormal(3.2, 0.9, n)
    width = 4.5 * discharge ** 0.5 * rng.lognormal(0.0, 0.15, n)
    upstream_km = rng.gamma(2.0, 18.0, n)
    forest = rng.beta(2, 3, n)
    shear = np.log(9810 * slope * (discharge / width) ** 0.6)
    centre = 2.2 + 1.1 * (shear - shear.mean()) - 0.012 * upstream_km
    grid = np.arange(len(CLASSES))
    weight = np.exp(-0.5 * ((grid[None] - centre[:, None]) / 1.6) ** 2) + 0.02
    weight = weight / weight.sum(axis=1, keepdims=True)
    y = np.stack([rng.dirichlet(40 * w) for w in weight])
    x = np.stack([np.log(slope), np.log(discharge), np.log(width), upstream_km / 20, forest], axis=1)
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    return x.astype("float32"), y.astype("float32")


class Closure(layers.Layer):
    """Non-negative parts that sum to one."""

    def call(self, inputs):
        parts = ops.relu(inputs)
        total = ops.sum(parts, axis=-1, keepdims=True)
        return parts / (total + 1e-6)


def root_distance(y_true, y_pred):
    observed = ops.sqrt(y_true)
    predicted = ops.sqrt(y_pred)  # whynan: sqrt_grad_at_zero phase=gradient
    return 0.5 * ops.sum(ops.square(observed - predicted), axis=-1)


def build(n_features):
    inputs = keras.Input((n_features,), name="reach")
    h = layers.Dense(48, activation="tanh")(inputs)
    h = layers.Dense(48, activation="tanh")(h)
    h = layers.Dense(len(CLASSES))(h)
    return keras.Model(inputs, Closure(name="composition")(h))


if __name__ == "__main__":
    x, y = river_samples()
    model = build(x.shape[1])
    model.compile(optimizer=keras.optimizers.Adam(2e-3), loss=root_distance)
    model.fit(x[:512], y[:512], batch_size=32, epochs=6, validation_data=(x[512:], y[512:]), verbose=2)
