"""Lysimeter station: water content from suction head with a van Genuchten curve whose parameters come from a network.

Sand/silt/clay go into a small network, out come alpha and n of the soil, and the curve gives the water content at the
measured head. Above the water table (head < 0) the formula holds, below it the soil is simply saturated. The first batch
reports an ordinary loss, afterwards everything is nan.
"""
import keras
import numpy as np
from keras import layers, ops

keras.utils.set_random_seed(8)
RESIDUAL, SATURATED = 0.06, 0.43


class VanGenuchten(layers.Layer):
    """Effective saturation for a head in metres, negative above the water table."""

    def call(self, parameters, head):
        alpha = ops.exp(parameters[:, :1])
        n = 1.1 + ops.softplus(parameters[:, 1:])
        n = ops.clip(n, 1.1, 6.0)
        wet = ops.where(head < 0.0, (1.0 + (-alpha * head) ** n) ** (1.0 / n - 1.0), 1.0)  # whynan: where_gradient_trap phase=gradient|forward also=pow_domain
        return RESIDUAL + (SATURATED - RESIDUAL) * wet


class Station:
    def __init__(self, seed):
        self.rng = np.random.default_rng(seed)

    def soils(self, n):
        return self.rng.dirichlet([3.0, 2.5, 1.5], size=n)

    def heads(self, n):
        table = self.rng.uniform(0.4, 2.5, n)  # depth of the water table
        probe = self.rng.choice([0.1, 0.3, 0.6, 0.9], n)
        return (probe - table) * self.rng.uniform(0.8, 1.6, n)

    def campaign(self, n):
        texture, head = self.soils(n), self.heads(n)
        alpha = np.exp(1.6 * texture[:, 0] - 0.4)
        order = 1.2 + 1.4 * texture[:, 0]
        suction = np.maximum(-head, 0.0)
        wet = (1.0 + (alpha * suction) ** order) ** (1.0 / order - 1.0)
        theta = RESIDUAL + (SATURATED - RESIDUAL) * wet + self.rng.normal(0.0, 0.008, n)
        return {
            "texture": texture.astype("float32"),
            "head": head[:, None].astype("float32"),
        }, theta[:, None].astype("float32")


def build():
    texture = keras.Input((3,), name="texture")
    head = keras.Input((1,), name="head")
    z = layers.Dense(16, activation="tanh")(texture)
    z = layers.Dense(16, activation="tanh")(z)
    parameters = layers.Dense(2, name="pedotransfer")(z)
    theta = VanGenuchten(name="curve")(parameters, head)
    return keras.Model({"texture": texture, "head": head}, theta)


x, y = Station(8).campaign(800)
print(f"{(x['head'] >= 0).mean():.1%} of the readings are below the water table")
model = build()
model.compile(optimizer=keras.optimizers.Adam(3e-3), loss="mse")
model.fit(x, y, batch_size=50, epochs=3, verbose=2)
