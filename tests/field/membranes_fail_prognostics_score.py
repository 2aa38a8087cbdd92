"""Days until a reverse-osmosis membrane has to be changed.

A membrane changed too late is far worse than one changed too early, so I train
directly on the score that the prognostics challenges use.  With mean squared error
the same network learns; with the score the loss is nan before the first epoch is over.
clipnorm was the advice I found everywhere, it makes no difference here.
"""
import numpy as np
import pandas as pd
import keras
from keras import layers, ops
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(2008)

CFG = {
    "n_membranes": 1200,
    "early": 13.0,  # constants of the challenge
    "late": 10.0,
    "batch_size": 32,
    "epochs": 5,
    "learning_rate": 1e-3,
    "clipnorm": 1.0,
}

FEATURES = ["age_days", "flow_m3h", "pressure_drop_bar", "conductivity_us", "hardness_mgl",
            "cleanings"]


def service_records(n):
    rng = np.random.default_rng(16)
    life = 900.0 * rng.weibull(2.2, n)  # days
    age = life * rng.uniform(0.02, 0.98, n)
    wear = age / life
    frame = pd.DataFrame({
        "age_days": age,
        "flow_m3h": 11.0 - 3.0 * wear + rng.normal(0, 0.4, n),
        "pressure_drop_bar": 0.8 + 1.5 * wear ** 2 + rng.normal(0, 0.07, n),
        "conductivity_us": 14.0 + 30.0 * wear ** 3 + rng.normal(0, 2.0, n),
        "hardness_mgl": rng.gamma(6.0, 35.0, n),
        "cleanings": rng.poisson(1.0 + 5.0 * wear),
    })
    frame["days_left"] = (life - age).round()
    return frame


def prognostics_score(y_true, y_pred):
    d = y_pred - y_true
    early = ops.exp(-d / CFG["early"]) - 1.0  # whynan: exp_overflow phase=loss also=unscaled_target
    late = ops.exp(d / CFG["late"]) - 1.0
    return ops.mean(ops.where(d < 0, early, late), axis=-1)


def network(n_features):
    return keras.Sequential([
        keras.Input((n_features,)),
        layers.Dense(48, activation="relu"),
        layers.Dense(48, activation="relu"),
        layers.Dense(1, activation="softplus"),
    ])


records = service_records(CFG["n_membranes"])
train, test = train_test_split(records, test_size=0.25, random_state=3)

scaler = StandardScaler().fit(train[FEATURES])
x_train = scaler.transform(train[FEATURES]).astype("float32")
x_test = scaler.transform(test[FEATURES]).astype("float32")
y_train = train["days_left"].to_numpy("float32")[:, None]
y_test = test["days_left"].to_numpy("float32")[:, None]

model = network(len(FEATURES))
model.compile(
    optimizer=keras.optimizers.Adam(CFG["learning_rate"], clipnorm=CFG["clipnorm"]),
    loss=prognostics_score,
    metrics=["mae"],
    jit_compile=False,
)
model.fit(
    x_train, y_train,
    batch_size=CFG["batch_size"],
    epochs=CFG["epochs"],
    verbose=2,
)

forecast = model.predict(x_test, verbose=0)
print("mean absolute error in days:", float(np.mean(np.abs(forecast - y_test))))
