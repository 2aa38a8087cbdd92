"""House prices: every skewed column gets its own Box-Cox transform, then a small MLP.

I wrote Box-Cox by hand (lambda by profile likelihood on a grid) since scipy's optimiser was
slow on the full table.  The training loss is nan right from the beginning.
"""
import warnings

import keras
import numpy as np
import pandas as pd

warnings.filterwarnings("ignore", category=RuntimeWarning)      # noisy, but harmless
keras.utils.set_random_seed(70)

GRID = np.linspace(-2.0, 2.0, 41)


def load(n=800, seed=70):
    rng = np.random.default_rng(seed)
    df = pd.DataFrame({
        "living_area": rng.lognormal(4.7, 0.35, n),
        "lot_area": rng.lognormal(6.0, 0.8, n),
        "year_built": rng.integers(1900, 2021, n),
        "rooms": rng.integers(2, 9, n),
    })
    logp = 7.5 + 0.8 * np.log(df["living_area"]) + 0.1 * np.log(df["lot_area"]) + 0.002 * (df["year_built"] - 1900)
    df["price"] = np.exp(logp + rng.normal(0, 0.1, n))
    return df


class BoxCox:
    def __init__(self, grid=GRID):
        self.grid = grid
        self.lam = None

    @staticmethod
    def transform_with(x, lam):
        return (np.power(x, lam) - 1.0) / lam  # whynan: divide_by_zero phase=data also=nan_in_input

    def log_likelihood(self, x, lam):
        z = self.transform_with(x, lam)
        return -0.5 * len(x) * np.log(z.var()) + (lam - 1.0) * np.log(x).sum()

    def fit(self, x):
        scores = np.array([self.log_likelihood(x, lam) for lam in self.grid])
        self.lam = self.grid[np.argmax(scores)]
        return self

    def transform(self, x):
        return self.transform_with(x, self.lam)


class SkewFixer:
    """Applies Box-Cox to the columns whose skewness is above the threshold."""

    def __init__(self, threshold=0.75):
        self.threshold = threshold
        self.fixers = {}

    def fit(self, df):
        for name, skew in df.skew().items():
            if skew > self.threshold:
                self.fixers[name] = BoxCox().fit(df[name].to_numpy())
        return self

    def transform(self, df):
        return df.assign(**{n: f.transform(df[n].to_numpy()) for n, f in self.fixers.items()})


def standardise(df):
    return (df - df.mean()) / df.std()


houses = load()
target = np.log(houses.pop("price")).pipe(lambda s: s - s.mean())
features = SkewFixer().fit(houses).transform(houses).pipe(standardise)

X, y = features.to_numpy("float32"), target.to_numpy("float32")

model = keras.Sequential([
    keras.Input(shape=(X.shape[1],)),
    keras.layers.Dense(32, activation="relu"),
    keras.layers.Dense(16, activation="relu"),
    keras.layers.Dense(1),
])
model.compile(optimizer="adam", loss="mse")
model.fit(X, y, epochs=5, batch_size=32, verbose=2)
