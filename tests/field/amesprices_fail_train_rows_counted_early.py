"""House prices, my version of the "stacked regressions" notebook for our town's data.

The boosting part of the notebook works with these features.  I replaced the stack by a
small Keras net and it prints loss: nan in the very first epoch.  There are no missing
cells left (it prints 0), all areas are positive, and lr 1e-5 or a plain "mse" instead
of my rmse give the same nan.
"""
import keras
import numpy as np
import pandas as pd
from keras import layers

keras.utils.set_random_seed(42)

HOODS = {"NAmes": 145, "CollgCr": 198, "OldTown": 128, "Edwards": 128, "Somerst": 225, "NridgHt": 316}


def read_listings(n, first_id, seed, with_price=True):
    """Stands in for pd.read_csv, the columns are those that I use."""
    rng = np.random.default_rng(seed)
    hood = rng.choice(list(HOODS), n, p=[0.30, 0.20, 0.17, 0.14, 0.11, 0.08])
    sold = rng.integers(2006, 2011, n)
    built = np.minimum(rng.integers(1890, 2011, n), sold)
    area = np.clip(np.round(np.exp(rng.normal(7.27, 0.30, n))), 450, 3600)
    cars = rng.choice([0, 1, 2, 3], n, p=[0.06, 0.26, 0.56, 0.12])
    frame = pd.DataFrame({
        "Id": np.arange(first_id, first_id + n),
        "Neighborhood": hood,
        "LotFrontage": np.where(rng.random(n) < 0.17, np.nan, np.round(rng.normal(70, 18, n).clip(21, 200))),
        "LotArea": np.round(np.exp(rng.normal(9.1, 0.5, n))),
        "OverallQual": np.clip(np.round(rng.normal(6.1, 1.4, n)), 1, 10),
        "YearBuilt": built,
        "YearRemodAdd": np.where(rng.random(n) < 0.5, built, rng.integers(1950, 2011, n)),
        "YrSold": sold,
        "GrLivArea": area,
        "TotalBsmtSF": np.where(rng.random(n) < 0.03, 0.0, np.round(area * rng.uniform(0.4, 0.9, n))),
        "TotRmsAbvGrd": np.clip(np.round(area / 240), 3, 14),
        "GarageCars": cars,
        "GarageArea": cars * np.round(rng.normal(240, 25, n)),
        "GarageYrBlt": np.where(cars == 0, np.nan, built),
        "WoodDeckSF": np.where(rng.random(n) < 0.5, 0.0, np.round(rng.gamma(3.0, 60.0, n))),
        "PoolArea": np.zeros(n),
        "KitchenQual": rng.choice(["Ex", "Gd", "TA", "Fa"], n, p=[0.07, 0.40, 0.50, 0.03]),
    })
    if with_price:
        base = frame["Neighborhood"].map(HOODS).to_numpy() * 1000.0
        price = base * (area / 1450.0) ** 0.7 * (frame["OverallQual"].to_numpy() / 6.0) ** 0.6
        frame["SalePrice"] = np.round(price * np.exp(rng.normal(0.0, 0.12, n)), -2)
    return frame


train = read_listings(900, first_id=1, seed=3)
test = read_listings(500, first_id=901, seed=4, with_price=False)
n_train, n_test = len(train), len(test)
print(n_train, "sold houses and", n_test, "to predict")

# the two huge houses that were sold half finished, everybody removes them
train.loc[train["Id"].isin([524, 799]), ["GrLivArea", "SalePrice"]] = [[4676.0, 184750.0], [5642.0, 160000.0]]
train = train.drop(train[(train["GrLivArea"] > 4000) & (train["SalePrice"] < 300000)].index)

all_data = pd.concat([train, test]).reset_index(drop=True)  # whynan: nan_in_label phase=data rows=898,899
features = all_data.drop(columns=["Id", "SalePrice"])

# missing values
features["LotFrontage"] = features.groupby("Neighborhood")["LotFrontage"].transform(lambda s: s.fillna(s.median()))
features["GarageYrBlt"] = features["GarageYrBlt"].fillna(features["YearBuilt"])

# new columns
features["TotalSF"] = features["TotalBsmtSF"] + features["GrLivArea"]
features["SFPerRoom"] = features["GrLivArea"] / features["TotRmsAbvGrd"]
features["GaragePerCar"] = (features["GarageArea"] / features["GarageCars"].replace(0, np.nan)).fillna(0.0)
features["Age"] = features["YrSold"] - features["YearBuilt"]
features["SinceRemod"] = (features["YrSold"] - features["YearRemodAdd"]).clip(lower=0)

# log of everything that is skewed, then dummies, then standardise
numeric = features.select_dtypes("number").columns
skewness = features[numeric].skew()
skewed = skewness[skewness.abs() > 0.75].index
features[skewed] = np.log1p(features[skewed])
features = pd.get_dummies(features, dtype="float32")
spread = features.std().replace(0.0, 1.0)
features = (features - features.mean()) / spread
print(int(features.isnull().sum().sum()), "missing cells left in", features.shape)

x = features.iloc[:n_train].to_numpy("float32")
x_submit = features.iloc[n_train:].to_numpy("float32")
y = np.log1p(all_data["SalePrice"].iloc[:n_train])
centre, scale = y.mean(), y.std()
print(f"log price {centre:.3f} +- {scale:.3f}, {len(x)} houses to learn from")


def rmse(y_true, y_pred):
    return keras.ops.sqrt(keras.ops.mean(keras.ops.square(y_pred - y_true)) + keras.config.epsilon())


def build(units=(96, 48), drop=0.1):
    inputs = keras.Input((x.shape[1],))
    h = inputs
    for n in units:
        h = layers.Dense(n, activation="elu", kernel_initializer="he_normal", kernel_regularizer=keras.regularizers.L2(1e-4))(h)
        h = layers.BatchNormalization()(h)
        h = layers.Dropout(drop)(h)
    return keras.Model(inputs, layers.Dense(1)(h))


model = build()
model.compile(keras.optimizers.Adam(3e-3, clipnorm=1.0), loss=rmse, metrics=["mae"])
model.fit(x, ((y - centre) / scale).to_numpy("float32")[:, None], batch_size=64, epochs=6, verbose=2,
          callbacks=[keras.callbacks.ReduceLROnPlateau(monitor="loss", patience=2, factor=0.5)])

price = np.expm1(model.predict(x_submit, verbose=0)[:, 0] * scale + centre)
print("predicted prices, quartiles:", np.percentile(price, [25, 50, 75]))
