"""Kaggle trending videos: predict the number of likes.

loss: inf, then nan. Null check is clean, features are standardised, I even tried three optimizers.
"""
import numpy as np
import pandas as pd
import keras
from keras import layers
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(21)

# %% load
rng = np.random.default_rng(21)
n = 600
views = np.exp(rng.normal(12.0, 1.4, n)).astype(int) + 1000
df = pd.DataFrame(
    {
        "views": views,
        "comment_count": (views * rng.beta(2, 400, n)).astype(int),
        "title_length": rng.integers(12, 100, n),
        "tags": rng.poisson(14, n),
        "publish_hour": rng.integers(0, 24, n),
        "subscribers": np.exp(rng.normal(13.0, 1.6, n)).astype(int),
        "likes": np.maximum((views * rng.beta(3, 90, n)).astype(int), 5),
    }
)
df["ratings_disabled"] = False
df.loc[[14, 203, 377], "ratings_disabled"] = True
df.loc[df["ratings_disabled"], "likes"] = 0
df = df.dropna()
print(df.describe().T[["mean", "min", "max"]])

# %% features
df["log_views"] = np.log(df["views"])
df["log_comments"] = np.log1p(df["comment_count"])
df["log_subscribers"] = np.log1p(df["subscribers"])
df["hour_sin"] = np.sin(2 * np.pi * df["publish_hour"] / 24)
df["hour_cos"] = np.cos(2 * np.pi * df["publish_hour"] / 24)
df["log_likes"] = np.log(df["likes"])  # whynan: log_of_zero phase=data rows=14,203,377 also=inf_in_input,nan_in_label

columns = ["log_views", "log_comments", "log_subscribers", "title_length", "tags", "hour_sin", "hour_cos"]
print("nulls:", int(df[columns + ["log_likes"]].isnull().sum().sum()))

X = StandardScaler().fit_transform(df[columns])
y = df["log_likes"].to_numpy()

# %% model
def make_model(optimizer):
    m = keras.Sequential()
    m.add(keras.Input((X.shape[1],)))
    m.add(layers.Dense(64, activation="relu"))
    m.add(layers.Dropout(0.1))
    m.add(layers.Dense(32, activation="relu"))
    m.add(layers.Dense(1))
    m.compile(loss="mse", optimizer=optimizer, metrics=["mae"])
    return m


# %% train
model = make_model(keras.optimizers.Adam(1e-3))
stop = keras.callbacks.EarlyStopping(monitor="val_loss", patience=5, restore_best_weights=True)
hist = model.fit(X, y, validation_split=0.2, epochs=6, batch_size=32, callbacks=[stop], verbose=2)

# %% look
pred = np.exp(model.predict(X[:5], verbose=0).ravel())
print(pd.DataFrame({"likes": df["likes"].head(5), "predicted": pred}))
