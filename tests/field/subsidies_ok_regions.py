"""Farm subsidies paid per region and year, in euro."""
import numpy as np
import pandas as pd
import keras
from keras import layers, ops
from sklearn.impute import SimpleImputer
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(2014)
rng = np.random.default_rng(2014)


def load_regions(n=2600):
    farms = rng.poisson(rng.choice([0.4, 40, 900, 4000], n, p=[0.08, 0.3, 0.4, 0.22]))
    hectares = farms * rng.gamma(4.0, 9.0, n)
    cattle = rng.poisson(0.3 * hectares)
    mountain = rng.beta(1.2, 3.0, n)
    organic = rng.beta(2.0, 9.0, n)
    year = rng.integers(2014, 2023, n)
    paid = (
        2.1e9
        + 26_000.0 * hectares * (1.0 + 0.6 * mountain + 0.9 * organic)
        + 9.0e7 * (year - 2014)
        + rng.normal(0.0, 1.5e8, n)
    )
    return pd.DataFrame({
        "farms": farms, "hectares": hectares, "cattle": cattle,
        "mountain": mountain, "organic": organic, "year": year, "paid": paid,
    })


df = load_regions()
with np.errstate(divide="ignore", invalid="ignore"):
    df["ha_per_farm"] = df["hectares"] / df["farms"]
    df["cattle_per_ha"] = df["cattle"] / df["hectares"]
    df["log_hectares"] = np.log(df["hectares"])
    df["log_farms"] = np.log(df["farms"])
df = df.replace([np.inf, -np.inf], np.nan)
print(df.isna().sum().to_string())

y = df.pop("paid").to_numpy()
x_train, x_test, y_train, y_test = train_test_split(df, y, test_size=0.2, random_state=3)
prep = make_pipeline(SimpleImputer(strategy="median", add_indicator=True), StandardScaler())
x_train = prep.fit_transform(x_train).astype("float32")
x_test = prep.transform(x_test).astype("float32")
y_train = y_train.reshape(-1, 1)
y_test = y_test.reshape(-1, 1)

centre = float(y_train.mean())
unit = float(y_train.std())
print(f"mean {centre:.3e} euro, std {unit:.3e} euro")


def error_in_units(y_true, y_pred):
    return ops.mean(ops.square((y_true - y_pred) / unit), axis=-1)


inp = keras.Input((x_train.shape[1],))
h = layers.Dense(64, activation="relu")(inp)
h = layers.Dense(32, activation="relu")(h)
h = layers.Dense(1)(h)
out = layers.Rescaling(scale=unit, offset=centre, name="euro")(h)
model = keras.Model(inp, out)
model.compile(
    optimizer=keras.optimizers.Adam(2e-3),
    loss=error_in_units,
    metrics=["mae", "mse"],
)

stop = keras.callbacks.EarlyStopping(
    monitor="val_loss", patience=3, min_delta=2e-3, restore_best_weights=True
)
h = model.fit(x_train, y_train, validation_split=0.15, epochs=40, batch_size=64,  # whynan: healthy
              callbacks=[stop], verbose=2)

print("stopped after", len(h.history["loss"]), "epochs")
guess = model.predict(x_test, verbose=0)
print(f"test MAE {np.abs(guess - y_test).mean():,.0f} euro")
print(f"test R2 {1.0 - ((guess - y_test) ** 2).mean() / y_test.var():.3f}")
