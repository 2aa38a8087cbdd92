"""Rockfalls per road section and month: Poisson regression with a section embedding and traffic-free exposure."""
import numpy as np
import pandas as pd
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(77)

N_SECTIONS = 45
N_MONTHS = 60


def load_inventory():
    rng = np.random.default_rng(12)
    sec = pd.DataFrame({
        "section": np.arange(N_SECTIONS),
        "slope_deg": rng.normal(48, 9, N_SECTIONS),
        "length_km": rng.uniform(0.4, 3.5, N_SECTIONS),
        "fractures": rng.gamma(2.0, 3.0, N_SECTIONS),
        "netting": rng.uniform(0, 1, N_SECTIONS),
    })
    mon = pd.DataFrame({"month": np.arange(N_MONTHS)})
    mon["freeze_thaw"] = np.clip(9 + 9 * np.cos(2 * np.pi * mon["month"] / 12) + rng.normal(0, 2, N_MONTHS), 0, None)
    mon["rain_mm"] = rng.gamma(3.0, 28.0, N_MONTHS)
    df = sec.merge(mon, how="cross")
    eta = (-3.3 + 0.035 * (df["slope_deg"] - 48) + 0.06 * df["freeze_thaw"] + 0.006 * df["rain_mm"]
           + 0.05 * df["fractures"] - 0.8 * df["netting"])
    df["falls"] = rng.poisson(np.exp(eta) * df["length_km"])
    return df


def poisson_deviance(n_obs, n_exp):
    """2 * sum( n log(n / mu) - (n - mu) ), the first term being 0 when nothing came down."""
    surprise = tf.where(n_obs > 0, n_obs * tf.math.log(n_obs / n_exp), tf.zeros_like(n_exp))  # whynan: where_gradient_trap phase=gradient
    return 2.0 * tf.reduce_mean(surprise - (n_obs - n_exp), axis=-1)


def make_model(n_features):
    feats = keras.Input((n_features,), name="feats")
    section = keras.Input((1,), dtype="int32", name="section")
    length = keras.Input((1,), name="length_km")
    emb = layers.Flatten()(layers.Embedding(N_SECTIONS, 3)(section))
    h = layers.Concatenate()([feats, emb])
    h = layers.Dense(24, activation="swish")(h)
    h = layers.Dense(12, activation="swish")(h)
    per_km = layers.Dense(1, activation="exponential", bias_initializer=keras.initializers.Constant(-1.5))(h)
    return keras.Model({"feats": feats, "section": section, "length_km": length}, layers.Multiply()([per_km, length]))


df = load_inventory()
cols = ["slope_deg", "fractures", "netting", "freeze_thaw", "rain_mm"]
is_train = df["month"] < 48
mu, sd = df.loc[is_train, cols].mean(), df.loc[is_train, cols].std()


def to_arrays(part):
    x = {
        "feats": ((part[cols] - mu) / sd).to_numpy("float32"),
        "section": part[["section"]].to_numpy("int32"),
        "length_km": part[["length_km"]].to_numpy("float32"),
    }
    return x, part[["falls"]].to_numpy("float32")


x_tr, y_tr = to_arrays(df[is_train])
x_te, y_te = to_arrays(df[~is_train])
print("sections x months:", len(y_tr), " mean falls:", y_tr.mean().round(3), " max:", y_tr.max())

model = make_model(len(cols))
model.compile(optimizer=keras.optimizers.Adam(2e-3), loss=poisson_deviance,
              metrics=[keras.metrics.MeanAbsoluteError(name="mae")])
model.fit(x_tr, y_tr, batch_size=128, epochs=6, validation_data=(x_te, y_te), verbose=2)

ranking = pd.Series(model.predict(x_te, verbose=0).ravel()).groupby(df.loc[~is_train, "section"].to_numpy()).sum()
print(ranking.sort_values(ascending=False).head())
