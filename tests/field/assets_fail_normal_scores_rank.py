"""Non-linear factor copula: an autoencoder on the normal scores of daily returns of eight share indices.

Margins are removed with ranks, then the scores are made Gaussian, so there are no outliers left by construction. Still
the loss of the first epoch is nan.
"""
import numpy as np
import pandas as pd
from scipy.stats import norm
import keras
from keras import layers

keras.utils.set_random_seed(77)
NAMES = ["DAX", "CAC", "FTSE", "IBEX", "SMI", "OMX", "AEX", "MIB"]


def daily_returns(days=750, seed=6):
    rng = np.random.default_rng(seed)
    market = 0.007 * rng.standard_normal((days, 1)) * np.exp(0.3 * rng.standard_normal((days, 1)))
    own = 0.005 * rng.standard_normal((days, len(NAMES)))
    r = 0.0003 + market * rng.uniform(0.8, 1.2, len(NAMES)) + own
    r[308] = -0.14 + 0.01 * rng.random(len(NAMES))     # the crash
    r[311] = 0.16 + 0.02 * rng.random(len(NAMES))      # the rescue package
    return pd.DataFrame(r, columns=NAMES, index=pd.bdate_range("2019-01-02", periods=days))


class Margins:
    """Probability integral transform with the empirical distribution, then the Gaussian quantile."""

    def fit(self, frame):
        self.sorted_ = {c: np.sort(frame[c].to_numpy()) for c in frame}
        return self

    def uniform(self, frame):
        columns = {}
        for c in frame:
            ordered = self.sorted_[c]
            columns[c] = np.searchsorted(ordered, frame[c].to_numpy(), side="right") / len(ordered)
        return pd.DataFrame(columns, index=frame.index)

    def scores(self, frame):
        u = self.uniform(frame)
        return pd.DataFrame(norm.ppf(u), columns=u.columns, index=u.index)  # whynan: inf_in_input phase=data rows=311 also=label_on_boundary


def factor_copula(n_assets, factors=2):
    x = keras.Input((n_assets,), name="scores")
    h = layers.GaussianNoise(0.05)(x)
    h = layers.Dense(24, activation="tanh")(h)
    code = layers.Dense(factors, name="factors")(h)
    h = layers.Dense(24, activation="tanh")(code)
    return keras.Model(x, layers.Dense(n_assets, name="reconstruction")(h))


returns = daily_returns()
scores = Margins().fit(returns).scores(returns)
print("rank correlation of DAX and CAC:", round(returns["DAX"].corr(returns["CAC"], method="spearman"), 3))
print("median score:", scores.median().round(3).to_dict())

x = scores.to_numpy("float32")
model = factor_copula(x.shape[1])
model.compile(optimizer=keras.optimizers.Adam(2e-3), loss="mse")
history = model.fit(x, x, batch_size=50, epochs=8, validation_split=0.2, verbose=2)
print(history.history["val_loss"][-1])
