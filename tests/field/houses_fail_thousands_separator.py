"""House prices from a scraped CSV (some agents write 1,150,000)."""
import io

import keras
import numpy as np
import pandas as pd

keras.utils.set_random_seed(101)


def scraped_csv(n=400):
    rng = np.random.default_rng(2)
    out = ["sqft,bedrooms,bathrooms,year,price"]
    for i in range(n):
        sqft = int(np.clip(rng.normal(1900, 500), 500, 4000))
        price = int(150 * sqft + rng.normal(0, 30000) + 60000)
        price = int(np.clip(price, 80000, 990000))
        text = str(price)
        if i in (18, 77, 260):
            text = f'"{1_000_000 + 5 * price // 10:,}"'
        out.append(f"{sqft},{rng.integers(1, 6)},{rng.integers(1, 4)},{rng.integers(1930, 2024)},{text}")
    return io.StringIO("\n".join(out))


def read_listings(handle):
    df = pd.read_csv(handle)
    if not pd.api.types.is_numeric_dtype(df["price"]):
        df["price"] = pd.to_numeric(df["price"], errors="coerce")  # whynan: nan_in_label phase=data rows=18,77,260
    return df


class TargetTransform:
    """log + standardise, and back."""

    def fit(self, price):
        logp = np.log(price)
        self.mu, self.sd = logp.mean(), logp.std()
        return self

    def forward(self, price):
        return ((np.log(price) - self.mu) / self.sd).to_numpy("float32")

    def inverse(self, z):
        return np.exp(z * self.sd + self.mu)


def zscore(df):
    return ((df - df.mean()) / df.std()).to_numpy("float32")


listings = read_listings(scraped_csv())
features = zscore(listings.drop(columns="price"))
target = TargetTransform().fit(listings["price"])
z = target.forward(listings["price"])
assert np.isfinite(features).all()

X_train, z_train = features[:320], z[:320]
X_test = features[320:]

model = keras.Sequential([
    keras.Input((4,)),
    keras.layers.Dense(64, activation="elu"),
    keras.layers.Dense(32, activation="elu"),
    keras.layers.Dense(1),
])
model.compile(keras.optimizers.RMSprop(1e-3), loss="mse", metrics=["mae"])
model.fit(X_train, z_train, epochs=4, batch_size=16, verbose=2)
print(target.inverse(model.predict(X_test[:3], verbose=0)).ravel())
