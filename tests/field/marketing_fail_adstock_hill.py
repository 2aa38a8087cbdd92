"""Media mix model: geometric adstock followed by a Hill saturation, learned with Keras."""
import numpy as np
import pandas as pd
import keras
from keras import layers, ops

keras.utils.set_random_seed(8)

CHANNELS = ["tv", "radio", "search", "tiktok"]
WINDOW = 13
CONFIG = {"hill_exponent": 0.7, "lr": 5e-3, "epochs": 4, "batch": 16}


def weekly_spend(n_weeks=160, seed=8):
    rng = np.random.default_rng(seed)
    df = pd.DataFrame(rng.gamma(4.0, 0.25, size=(n_weeks, len(CHANNELS))) + 0.05, columns=CHANNELS)
    df.loc[:79, "tiktok"] = 0.0  # campaign started in week 80
    carry = df.ewm(alpha=0.5).mean()
    df["sales"] = 3.0 + carry.pow(0.6) @ np.array([1.0, 0.4, 0.8, 0.6]) + rng.normal(0, 0.1, n_weeks)
    return df


def windows(df):
    spend = df[CHANNELS].to_numpy("float32")
    x = np.stack([spend[i - WINDOW:i] for i in range(WINDOW, len(df))])
    return x, df["sales"].to_numpy("float32")[WINDOW:]


class Adstock(layers.Layer):
    def build(self, shape):
        self.raw_decay = self.add_weight(shape=(shape[-1],), initializer="zeros", name="raw_decay")

    def call(self, spend):
        decay = ops.sigmoid(self.raw_decay)
        carry, seq = ops.zeros_like(spend[:, 0]), []
        for week in range(WINDOW):
            carry = spend[:, week] + decay * carry
            seq.append(carry)
        return ops.stack(seq, axis=1)


class HillSaturation(layers.Layer):
    def __init__(self, exponent, **kw):
        super().__init__(**kw)
        self.exponent = exponent

    def build(self, shape):
        self.half = self.add_weight(shape=(shape[-1],), initializer="ones", name="half_point")

    def bend(self, dose):
        return ops.power(dose, self.exponent)  # whynan: pow_grad_at_zero phase=gradient

    def call(self, dose):
        effect = self.bend(dose)
        return effect / (effect + self.bend(ops.softplus(self.half)))


def build(cfg):
    spend = keras.Input((WINDOW, len(CHANNELS)), name="spend")
    x = Adstock(name="adstock")(spend)
    x = HillSaturation(cfg["hill_exponent"], name="hill")(x)
    x = layers.GlobalAveragePooling1D()(x)
    return keras.Model(spend, layers.Dense(1, name="contribution")(x))


X, y = windows(weekly_spend())
mmm = build(CONFIG)
mmm.compile(keras.optimizers.Adam(CONFIG["lr"]), loss="mse")
mmm.fit(X, y, batch_size=CONFIG["batch"], epochs=CONFIG["epochs"], verbose=2)
print(mmm.get_layer("adstock").get_weights())
