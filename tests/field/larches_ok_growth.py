import numpy as np
import pandas as pd
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(112)
rng = np.random.default_rng(112)

# yearly height growth (cm) of young larches on trial plots; the last year was a frost year
rows = []
for year in range(2016, 2024):
    for plot in range(200):
        rain = rng.normal(310, 60)
        warm = rng.normal(1250, 120)
        frost = 1 if year == 2023 and rng.random() < 0.2 else 0
        height = rng.uniform(40, 300)
        g = 12 + 0.05 * (rain - 310) + 0.015 * (warm - 1250) + 0.04 * height + rng.normal(0, 2.5)
        g = 0.0 if frost else max(g, 1.0)
        rows.append((year, plot, rain, warm, frost, height, round(g, 1)))
df = pd.DataFrame(rows, columns=["year", "plot", "rain_mm", "degree_days", "late_frost", "height_cm", "growth_cm"])

features = ["rain_mm", "degree_days", "height_cm"]
past, last = df[df.year < 2023], df[df.year == 2023]
centre, spread = past[features].mean(), past[features].std()
X_past = ((past[features] - centre) / spread).to_numpy("float32")
X_last = ((last[features] - centre) / spread).to_numpy("float32")
y_past = past[["growth_cm"]].to_numpy("float32")
y_last = last[["growth_cm"]].to_numpy("float32")


def percent_error(y_true, y_pred):
    return 100.0 * tf.reduce_mean(tf.abs((y_true - y_pred) / y_true), axis=-1)


inputs = keras.Input((len(features),))
h = layers.Dense(24, activation="relu")(inputs)
h = layers.Dense(24, activation="relu")(h)
outputs = layers.Dense(1, activation="softplus", bias_initializer=keras.initializers.Constant(12.0))(h)
model = keras.Model(inputs, outputs)
model.compile(
    optimizer=keras.optimizers.Adam(3e-3),
    loss=keras.losses.Huber(delta=3.0),
    metrics=["mae", percent_error],
)

hist = model.fit(  # whynan: side_nonfinite
    X_past, y_past,
    validation_data=(X_last, y_last),
    epochs=12, batch_size=50, verbose=2,
)

table = pd.DataFrame(hist.history)
print(table[["loss", "mae", "val_loss", "val_mae"]].round(3).tail(4).to_string())
worst = last.assign(error=np.abs(model.predict(X_last, verbose=0) - y_last)[:, 0]).nlargest(5, "error")
print(worst[["plot", "late_frost", "growth_cm", "error"]].to_string(index=False))
