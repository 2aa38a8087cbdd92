# Marmots with GPS collars: above ground or in the burrow?
# Fixes come straight from the collar database (unix time, UTM metres, sensors).
import keras
import numpy as np
import pandas as pd
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(101)
rng = np.random.default_rng(101)

n = 3000
first = pd.Timestamp("2022-05-01").timestamp()
fixes = pd.DataFrame({
    "unix_time": first + rng.uniform(0, 120 * 86400, n),
    "utm_e": rng.normal(612_400, 350, n),
    "utm_n": rng.normal(5_154_800, 420, n),
    "collar_temp": rng.normal(17, 6, n),
    "activity": rng.poisson(9, n),
})
hour = (fixes.unix_time / 3600) % 24
score = 0.35 * (fixes.activity - 9) + 1.6 * np.cos((hour - 11) / 24 * 2 * np.pi) + 0.1 * (fixes.collar_temp - 17)
fixes["above"] = (score + rng.normal(0, 0.5, n) > 0).astype(int)
print(fixes.head().to_string())
print("share above ground:", fixes.above.mean().round(3))

columns = ["unix_time", "utm_e", "utm_n", "collar_temp", "activity"]
train = fixes.sample(frac=0.8, random_state=1)
test = fixes.drop(train.index)


def as_dataset(df, shuffle):
    ds = tf.data.Dataset.from_tensor_slices((
        df[columns].to_numpy(dtype="float32"),
        df[["above"]].to_numpy(dtype="float32"),
    ))
    if shuffle:
        ds = ds.shuffle(len(df), seed=1)
    return ds.batch(64).prefetch(2)


inputs = keras.Input((len(columns),), name="fix")
z = layers.Dense(16, activation="leaky_relu")(inputs)
z = layers.Dense(8, activation="leaky_relu")(z)
above = layers.Dense(1, activation="sigmoid", name="above")(z)
model = keras.Model(inputs, above)
model.summary()

model.compile(
    optimizer=keras.optimizers.Adam(1e-3),
    loss="mean_squared_error",          # Brier score
    metrics=["accuracy"],
)
history = model.fit(  # whynan: unstable
    as_dataset(train, True),
    validation_data=as_dataset(test, False),
    epochs=8,
    verbose=2,
)

p = model.predict(test[columns].to_numpy(dtype="float32"), verbose=0)[:, 0]
print("predicted share above ground:", p.mean().round(3))
print("loss by epoch:", [round(v, 4) for v in history.history["loss"]])
