"""Primary production of lake plankton from water chemistry, depth of the mixed layer and light at the surface.

The attenuation of the light is predicted by a small net, then the mean light of the mixed layer is computed by
Lambert-Beer. I wrote the layer with its own gradient, since autodiff of the quotient gave nan at first; since then the
layer itself returns proper values for every sample (checked with predict before the training: all finite). But the
training still goes to nan somewhere in the first epoch.
"""
import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(23)


@tf.custom_gradient
def column_mean(x):
    """(1 - exp(-x)) / x, the mean of exp(-k z) over the depth, with its series for a shallow column."""
    shallow = x < 1e-4
    safe = tf.where(shallow, tf.ones_like(x), x)
    value = tf.where(shallow, 1.0 - x / 2.0, -tf.math.expm1(-safe) / safe)

    def grad(upstream):
        slope = (tf.exp(-x) * (x + 1.0) - 1.0) / tf.square(x)  # whynan: divide_by_zero phase=gradient rows=37,118,402 also=wrong_custom_gradient,where_gradient_trap
        return upstream * slope

    return value, grad


class MeanLight(layers.Layer):
    def call(self, inputs):
        depth, surface, attenuation = inputs
        return surface * column_mean(attenuation * depth)


def survey(n=640, seed=23):
    rng = np.random.default_rng(seed)
    chlorophyll = rng.lognormal(1.4, 0.7, n)
    turbidity = rng.gamma(2.0, 1.6, n)
    temperature = rng.uniform(6, 24, n)
    depth = rng.uniform(0.6, 18.0, n)
    bucket = np.array([37, 118, 402])  # taken with the bucket from the jetty
    depth[bucket] = 0.0
    surface = rng.gamma(6.0, 6.0, n) / 40.0
    k = 0.18 + 0.03 * chlorophyll + 0.05 * turbidity
    x = np.maximum(k * depth, 1e-9)
    light = surface * -np.expm1(-x) / x
    production = 0.8 * np.log(chlorophyll) + 1.1 * light / (light + 0.3) + 0.04 * temperature + rng.normal(0, 0.1, n)
    water = np.column_stack([np.log(chlorophyll), turbidity, temperature])
    water = (water - water.mean(axis=0)) / water.std(axis=0)
    inputs = {
        "water": water.astype("float32"),
        "depth": depth[:, None].astype("float32"),
        "surface": surface[:, None].astype("float32"),
    }
    return inputs, production[:, None].astype("float32")


water = keras.Input((3,), name="water")
depth = keras.Input((1,), name="depth")
surface = keras.Input((1,), name="surface")
attenuation = layers.Dense(1, activation="softplus", name="attenuation")(layers.Dense(16, activation="tanh")(water))
light = MeanLight()([depth, surface, attenuation])
hidden = layers.Dense(24, activation="tanh")(layers.Concatenate()([water, light]))
production = layers.Dense(1)(hidden)
model = keras.Model({"water": water, "depth": depth, "surface": surface}, production)

inputs, target = survey()
print("before training:", np.isfinite(model.predict(inputs, verbose=0)).all())
model.compile(optimizer=keras.optimizers.Adam(3e-3), loss="mse")
model.fit(inputs, target, batch_size=32, epochs=6, verbose=2)
print("attenuation bias:", model.get_layer("attenuation").bias.numpy())
