"""How long does a tenant stay? Weibull AFT network on the contracts of a housing association."""
import numpy as np
import pandas as pd
import tensorflow as tf
import keras
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(36)
rng = np.random.default_rng(36)


def load_contracts(n=1800):
    df = pd.DataFrame({
        "age": rng.normal(38, 12, n).clip(18, 90),
        "rent": rng.normal(720, 160, n).clip(280, 1500),
        "income": rng.lognormal(7.8, 0.35, n),
        "rooms": rng.integers(1, 6, n),
        "children": rng.poisson(0.7, n),
        "floor": rng.integers(0, 9, n),
    })
    scale = 520 * np.exp(0.015 * (df["age"] - 38) + 0.15 * df["children"] - 0.8 * (df["rent"] / df["income"] - 0.3))
    days_to_move = scale * rng.weibull(1.2, n)
    start = pd.Timestamp("2024-12-31") - pd.to_timedelta(rng.integers(10, 1800, n), unit="D")
    days_watched = (pd.Timestamp("2024-12-31") - start).days.to_numpy()
    df["moved_out"] = (days_to_move <= days_watched).astype(int)
    # contracts run by the month
    df["months"] = (np.minimum(days_to_move, days_watched) // 30).astype(int)
    return df


df = load_contracts()
print(df[["months", "moved_out"]].describe().round(2))

features = ["age", "rent", "income", "rooms", "children", "floor"]
tr, te = train_test_split(df, test_size=0.2, random_state=1, stratify=df["moved_out"])
scaler = StandardScaler().fit(tr[features])
x_tr, x_te = scaler.transform(tr[features]).astype("float32"), scaler.transform(te[features]).astype("float32")
y_tr = tr[["months", "moved_out"]].to_numpy("float32")
y_te = te[["months", "moved_out"]].to_numpy("float32")


def weibull_nll(y_true, y_pred):
    t, event = y_true[:, 0], y_true[:, 1]
    log_lam = y_pred[:, 0]
    k = tf.nn.softplus(y_pred[:, 1]) + 0.05
    log_ratio = tf.math.log(t) - log_lam  # whynan: log_of_zero phase=loss also=label_on_boundary
    log_hazard = tf.math.log(k) - log_lam + (k - 1.0) * log_ratio
    cum_hazard = tf.exp(k * log_ratio)
    return -(event * log_hazard - cum_hazard)


inputs = keras.Input((len(features),))
h = keras.layers.Dense(24, activation="tanh")(inputs)
h = keras.layers.Dense(12, activation="tanh")(h)
log_lam = keras.layers.Dense(1, bias_initializer=keras.initializers.Constant(2.7))(h)
shape = keras.layers.Dense(1, bias_initializer=keras.initializers.Constant(0.5))(h)
model = keras.Model(inputs, keras.layers.Concatenate()([log_lam, shape]))

model.compile(optimizer=keras.optimizers.Adam(2e-3, clipnorm=1.0), loss=weibull_nll)
model.fit(x_tr, y_tr, validation_data=(x_te, y_te), epochs=8, batch_size=64, verbose=2)

out = model.predict(x_te, verbose=0)
k = np.logaddexp(0, out[:, 1]) + 0.05
median = np.exp(out[:, 0]) * np.log(2) ** (1 / k)
print("predicted median stay (months):", np.percentile(median, [10, 50, 90]).round(1))
