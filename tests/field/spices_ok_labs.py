# Contaminants in ground spices from NIR spectra. Four labs, every lab only runs its own panel of tests,
# so most of the target table is empty.
import numpy as np
import pandas as pd
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(77)
rng = np.random.default_rng(77)

CONTAMINANTS = ["lead", "arsenic", "sudan_red", "aflatoxin", "ochratoxin", "cadmium"]
PANELS = {
    "Hamburg": ["lead", "arsenic", "aflatoxin"],
    "Lyon": ["sudan_red", "aflatoxin", "ochratoxin"],
    "Izmir": ["lead", "sudan_red"],
    "Kochi": ["arsenic", "ochratoxin"],
}

n = 760
log_conc = rng.normal(0.0, 1.0, (n, 6))
peaks = rng.normal(0.0, 1.0, (6, 60))
spectra = log_conc @ peaks * 0.4 + rng.normal(0, 0.15, (n, 60))
spectra = (spectra - spectra.mean(0)) / spectra.std(0)

labs = rng.choice(list(PANELS), size=n)
table = pd.DataFrame(np.nan, index=range(n), columns=CONTAMINANTS)
for lab, panel in PANELS.items():
    rows = np.flatnonzero(labs == lab)
    for c in panel:
        j = CONTAMINANTS.index(c)
        table.loc[rows, c] = 0.8 + 0.3 * log_conc[rows, j] + rng.normal(0, 0.03, len(rows))
# cadmium is only measured on suspicion
suspicious = rng.choice(n, 18, replace=False)
table.loc[suspicious, "cadmium"] = 0.8 + 0.3 * log_conc[suspicious, 5]
# sample bags that got lost in the post
table.loc[rng.choice(n, 25, replace=False)] = np.nan

print(table.isna().mean().round(2).to_string())

X = spectra.astype("float32")
Y = ((table - table.mean()) / table.std()).to_numpy("float32")


def panel_mse(y_true, y_pred):
    measured = tf.math.is_finite(y_true)
    target = tf.where(measured, y_true, tf.zeros_like(y_true))
    sq = tf.square(target - y_pred) * tf.cast(measured, y_pred.dtype)
    n_measured = tf.reduce_sum(tf.cast(measured, y_pred.dtype), axis=-1)
    return tf.math.divide_no_nan(tf.reduce_sum(sq, axis=-1), n_measured)


model = keras.Sequential([
    layers.Input((60,)),
    layers.Dense(48, activation="relu"),
    layers.Dropout(0.1),
    layers.Dense(24, activation="relu"),
    layers.Dense(len(CONTAMINANTS)),
])
model.compile(optimizer=keras.optimizers.Adam(2e-3), loss=panel_mse)
stop = keras.callbacks.EarlyStopping(monitor="val_loss", patience=5, restore_best_weights=True)
hist = model.fit(X, Y, validation_split=0.2, epochs=25, batch_size=32, callbacks=[stop], verbose=2)  # whynan: side_nonfinite

print("best val loss", min(hist.history["val_loss"]))

pred = model.predict(X, verbose=0)
err = pd.DataFrame(np.abs(pred - Y), columns=CONTAMINANTS)
err["lab"] = labs
# one line per lab, nan = this lab does not offer the test
print(err.groupby("lab").mean().round(3).to_string())
print("plain MAE   ", np.mean(np.abs(pred - Y)))
print("measured MAE", np.nanmean(np.abs(pred - Y)))
