import numpy as np
import pandas as pd
import tensorflow as tf
import keras

# Where to send tomorrow's patrol? One row = one grid cell on one patrol day.
keras.utils.set_random_seed(8)
rng = np.random.default_rng(8)

n = 2000
df = pd.DataFrame({
    "month": np.sort(rng.integers(1, 13, n)),
    "km_to_road": rng.gamma(2.0, 3.0, n),
    "km_to_water": rng.gamma(1.5, 2.0, n),
    "ndvi": rng.beta(4, 3, n),
    "moon": rng.uniform(0, 1, n),
    "patrols_last_30d": rng.poisson(3, n),
})
logit = -2.2 - 0.35 * df.km_to_road + 1.5 * df.moon + 1.8 * (df.ndvi - 0.5) - 0.2 * df.patrols_last_30d
snares = rng.uniform(size=n) < 1 / (1 + np.exp(-(logit + 1.6)))
# the roads into the reserve are flooded in November and December
snares[(df.month >= 11).to_numpy()] = False
df["snare_found"] = snares.astype(int)

print(df.groupby("month").snare_found.agg(["size", "sum"]))

train, recent = df[df.month < 11], df[df.month >= 11]
features = ["km_to_road", "km_to_water", "ndvi", "moon", "patrols_last_30d"]
mu, sd = train[features].mean(), train[features].std()


def xy(part):
    x = ((part[features] - mu) / sd).to_numpy("float32")
    y = part["snare_found"].to_numpy("float32")[:, None]
    return x, y


x_train, y_train = xy(train)
x_recent, y_recent = xy(recent)


def hit_rate(y_true, y_pred):
    y_true = tf.cast(y_true, tf.float32)
    flagged = tf.cast(y_pred > 0.3, tf.float32)
    found = tf.reduce_sum(flagged * y_true)
    return found / tf.reduce_sum(y_true)  # whynan: side_nonfinite


inp = keras.Input((len(features),))
h = keras.layers.Dense(32, activation="relu")(inp)
h = keras.layers.Dropout(0.2)(h)
h = keras.layers.Dense(16, activation="relu")(h)
out = keras.layers.Dense(1, activation="sigmoid")(h)
model = keras.Model(inp, out)
model.compile(
    optimizer=keras.optimizers.Adam(2e-3),
    loss="binary_crossentropy",
    metrics=["accuracy", hit_rate],
)

history = model.fit(
    x_train, y_train,
    validation_data=(x_recent, y_recent),
    epochs=12,
    batch_size=256,
    callbacks=[keras.callbacks.EarlyStopping(monitor="loss", patience=3)],
    verbose=2,
)

log = pd.DataFrame(history.history)
print(log.round(4).to_string())

risk = model.predict(x_recent, verbose=0)[:, 0]
ranking = recent.assign(risk=risk).sort_values("risk", ascending=False)
print(ranking.head(10).round(2).to_string())
