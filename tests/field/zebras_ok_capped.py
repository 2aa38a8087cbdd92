"""Plains zebra: how far (in metres) does a collared animal walk until the next fix?"""
import numpy as np
import pandas as pd
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(63)

CAP = 1.0e4


def collar_table(n=2400):
    rng = np.random.default_rng(63)
    df = pd.DataFrame(
        {
            "ndvi": rng.uniform(0.1, 0.7, n),
            "temp_c": rng.normal(27, 5, n),
            "km_to_water": rng.gamma(3.0, 2.0, n),
            "herd_size": rng.poisson(9, n) + 1,
            "night": rng.integers(0, 2, n),
            "moon": rng.uniform(0, 1, n),
        }
    )
    walked = (
        9000
        + 700 * df["km_to_water"]
        - 6000 * df["ndvi"]
        - 2500 * df["night"] * (1 - df["moon"])
        + rng.normal(0, 900, n)
    )
    df["walked_m"] = walked.clip(lower=1500)
    return df


def robust_mse(y_true, y_pred):
    """Squared error, limited so that lost collars (animals on a truck) cannot dominate."""
    y_true = tf.cast(y_true, y_pred.dtype)
    mse = tf.reduce_mean(tf.square(y_true - y_pred))
    return tf.minimum(mse, CAP)


df = collar_table()
print(df.describe().round(1).T[["mean", "std", "min", "max"]])

features = df.drop(columns="walked_m").to_numpy("float32")
target = df["walked_m"].to_numpy("float32")[:, None]

cut = 2000
norm = layers.Normalization()
norm.adapt(features[:cut])

model = keras.Sequential(
    [
        keras.Input((features.shape[1],)),
        norm,
        layers.Dense(32, activation="relu"),
        layers.Dense(32, activation="relu"),
        layers.Dense(1),
    ]
)
model.compile(optimizer=keras.optimizers.Adam(1e-3), loss=robust_mse)
stop = keras.callbacks.EarlyStopping(monitor="loss", patience=20)
history = model.fit(features[:cut], target[:cut], batch_size=50, epochs=12, callbacks=[stop], verbose=2)  # whynan: unstable

guess = model.predict(features[cut:], verbose=0)
print("loss first/last:", history.history["loss"][0], history.history["loss"][-1])
print("mean absolute error (m):", float(np.abs(guess - target[cut:]).mean()))
print("mean walked (m):", float(target[cut:].mean()))
