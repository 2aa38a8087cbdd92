"""Structural + neural: CES production function with sector-specific, firm-specific factor efficiencies.

log Y = log A + 1/rho * log( sum_k share_k * (efficiency_k * factor_k)^rho )
"""
import keras
import numpy as np
import pandas as pd
from keras import layers, ops

keras.utils.set_random_seed(29)

FACTORS = ["capital", "labour", "rnd"]


def load_panel(n=1600, sectors=8, seed=4):
    rng = np.random.default_rng(seed)
    panel = pd.DataFrame({
        "sector": rng.integers(0, sectors, n),
        "capital": rng.lognormal(1.0, 0.8, n),
        "labour": rng.lognormal(0.5, 0.7, n),
        "rnd": rng.lognormal(-1.0, 0.9, n),
        "age": rng.uniform(1, 60, n),
        "export_share": rng.beta(1, 4, n),
    })
    panel.loc[rng.random(n) < 0.15, "rnd"] = 0.0  # most small firms do no research at all
    eff = np.exp(0.2 * rng.normal(size=(sectors, 3)))[panel["sector"]]
    x = panel[FACTORS].to_numpy() * eff
    inner = (np.array([0.4, 0.45, 0.15]) * x**0.4).sum(1)
    panel["log_output"] = 0.3 + np.log(inner) / 0.4 + rng.normal(0, 0.1, n)
    return panel


class CES(layers.Layer):
    """Constant elasticity of substitution; rho = 1 - 1/sigma is learned, 0 < rho < 1."""

    def build(self, input_shape):
        self.share_logits = self.add_weight(shape=(input_shape[-1],), initializer="zeros", name="share_logits")
        self.rho_logit = self.add_weight(shape=(), initializer="zeros", name="rho_logit")
        self.log_tfp = self.add_weight(shape=(), initializer="zeros", name="log_tfp")

    def call(self, effective_factors):
        rho = ops.sigmoid(self.rho_logit)
        share = ops.softmax(self.share_logits)
        inner = ops.sum(
            share
            * ops.power(effective_factors, rho),  # whynan: pow_grad_at_zero phase=gradient
            axis=-1,
            keepdims=True,
        )
        return self.log_tfp + ops.log(inner + 1e-6) / rho


def build_model(sectors=8):
    sector = keras.Input((), dtype="int32", name="sector")
    firm = keras.Input((2,), name="firm")
    factors = keras.Input((3,), name="factors")
    h = layers.Concatenate()([layers.Embedding(sectors, 4)(sector), layers.BatchNormalization()(firm)])
    h = layers.Dense(16, activation="tanh")(h)
    efficiency = layers.Dense(3, activation="exponential", kernel_initializer="zeros", name="efficiency")(h)
    effective = layers.Multiply(name="effective_factors")([efficiency, factors])
    log_output = CES(name="ces")(effective)
    return keras.Model({"sector": sector, "firm": firm, "factors": factors}, log_output)


panel = load_panel()
inputs = {
    "sector": panel["sector"].to_numpy("int32"),
    "firm": panel[["age", "export_share"]].to_numpy("float32"),
    "factors": panel[FACTORS].to_numpy("float32"),
}
model = build_model()
model.compile(optimizer=keras.optimizers.Adam(5e-3), loss="mse")
model.fit(inputs, panel["log_output"].to_numpy("float32"), batch_size=64, epochs=4, verbose=2)
