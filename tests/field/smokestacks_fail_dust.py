"""Soft sensor for the dust load of power station smokestacks.

The lab measures dust (mg/m3) only twice a day; the process computer logs the rest
every hour. We learn log(dust) from the process values.
"""
import keras
import numpy as np
import pandas as pd
from keras import layers
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(21)
rng = np.random.default_rng(21)


def load_process_log(n=2400):
    load = rng.uniform(0.45, 1.0, n)
    df = pd.DataFrame(
        {
            "flue_temp_k": 390 + 40 * load + rng.normal(0, 4, n),
            "flow_m3_h": 610_000 * load * rng.normal(1, 0.03, n),
            "static_pressure_pa": 101_325 + rng.normal(0, 350, n) - 900 * load,
            "o2_percent": 9.5 - 4.5 * load + rng.normal(0, 0.3, n),
            "filter_age_days": rng.integers(0, 720, n).astype(float),
        }
    )
    dust = 3.0 + 0.01 * df.filter_age_days + 6 * load ** 2 + 0.8 * (df.flue_temp_k - 420) / 10
    df["dust_mg_m3"] = np.clip(dust * rng.lognormal(0, 0.1, n), 0.5, None)
    return df


def build_model(n_features):
    model = keras.Sequential(
        [
            keras.Input((n_features,)),
            layers.Normalization(axis=-1),
            layers.Dense(96, activation="relu"),
            layers.Dense(1),
        ],
        name="dust_sensor",
    )
    model.compile(
        optimizer=keras.optimizers.SGD(learning_rate=0.01),
        loss="mse",
        metrics=["mae"],
    )
    return model


log = load_process_log()
target = np.log(log.pop("dust_mg_m3").to_numpy())
target = ((target - target.mean()) / target.std()).astype("float32")
X = log.to_numpy(dtype="float32")

X_train, X_test, y_train, y_test = train_test_split(X, target, test_size=0.2, random_state=3)

scaler = layers.Normalization(axis=-1)
scaler.adapt(X_train)
print("feature means:", np.round(np.ravel(scaler.mean), 1))

model = build_model(X.shape[1])
model.summary()

history = model.fit(X_train, y_train, batch_size=32, epochs=12, verbose=2)  # whynan: unscaled_input phase=loss

print("final training loss", history.history["loss"][-1])
pred = model.predict(X_test, verbose=0)[:, 0]
print("test rmse (standardised log dust):", float(np.sqrt(np.mean((pred - y_test) ** 2))))
