"""Evapotranspiration and soil temperature of an orchard from its weather mast, one network with two heads.

Everything goes through StandardScaler, features and both targets. Loss: 3e+10 in the first batches, then inf, then nan
for both heads. The same network worked on my colleague's station.
"""
import numpy as np
import pandas as pd
import keras
from keras import layers
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(14)

TARGETS = ["et_mm", "soil_c"]


def mast_record(n=1500, seed=0):
    rng = np.random.default_rng(seed)
    hour = rng.integers(0, 24, n)
    sun = np.clip(np.sin(np.pi * (hour - 6) / 12), 0, None)
    frame = pd.DataFrame(
        {
            "pressure_pa": rng.normal(98_400, 700, n),
            "radiation_j_m2": 2.6e6 * sun * rng.uniform(0.4, 1.0, n),
            "humidity_pct": np.clip(rng.normal(65, 15, n), 20, 100),
            "wind_ms": rng.gamma(2.0, 1.2, n),
            "air_k": 285 + 9 * sun + rng.normal(0, 2, n),
            "altitude_m": np.full(n, 312.0) + rng.normal(0, 0.3, n),
        }
    )
    frame["et_mm"] = 0.25 * frame["radiation_j_m2"] / 2.6e6 + 0.02 * frame["wind_ms"] + rng.normal(0, 0.02, n)
    frame["soil_c"] = 9 + 0.5 * (frame["air_k"] - 285) + rng.normal(0, 0.5, n)
    return frame


def standardise(train, test):
    scaler = StandardScaler()
    scaler.fit(train)
    scaler.transform(train)
    scaler.transform(test)
    return train.to_numpy("float32"), test.to_numpy("float32"), scaler


def standardise_targets(train, test):
    scaler = StandardScaler().fit(train)
    a, b = scaler.transform(train), scaler.transform(test)
    as_heads = lambda m: {name: m[:, [i]].astype("float32") for i, name in enumerate(TARGETS)}
    return as_heads(a), as_heads(b), scaler


def two_heads(n_features):
    inp = keras.Input((n_features,), name="mast")
    x = layers.Dense(32, activation="leaky_relu")(inp)
    x = layers.Dense(32, activation="leaky_relu")(x)
    et = layers.Dense(8, activation="leaky_relu")(x)
    soil = layers.Dense(8, activation="leaky_relu")(x)
    model = keras.Model(
        inp,
        {
            "et_mm": layers.Dense(1, name="et_mm")(et),
            "soil_c": layers.Dense(1, name="soil_c")(soil),
        },
    )
    model.compile(
        optimizer=keras.optimizers.SGD(0.01),
        loss={"et_mm": "mse", "soil_c": "mse"},
        loss_weights={"et_mm": 1.0, "soil_c": 0.5},
    )
    return model


if __name__ == "__main__":
    frame = mast_record()
    X = frame.drop(columns=TARGETS)
    Y = frame[TARGETS]
    X_train, X_test, Y_train, Y_test = train_test_split(X, Y, test_size=0.2, random_state=0)

    x_tr, x_te, x_scaler = standardise(X_train, X_test)
    y_tr, y_te, y_scaler = standardise_targets(Y_train, Y_test)
    print("missing values:", int(frame.isna().sum().sum()), " rows:", len(frame))
    print("means the scaler found:", np.round(x_scaler.mean_, 1))

    model = two_heads(x_tr.shape[1])
    model.fit(x_tr, y_tr, batch_size=32, epochs=5, validation_data=(x_te, y_te), verbose=2)  # whynan: unscaled_input phase=forward|loss also=exploding_gradient,learning_rate_too_high
    out = model.predict(x_te[:3], verbose=0)
    print({k: v.ravel() for k, v in out.items()})
