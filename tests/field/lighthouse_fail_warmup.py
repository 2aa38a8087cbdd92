"""Daily electricity use of automated lighthouses.

Trains a small regressor on the station log (one row per station and day) so that the
maintenance office can spot stations that draw more than they should.
"""
import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(2024)
rng = np.random.default_rng(2024)

WARMUP_EPOCHS = 8
EPOCHS = 24
BATCH = 50


def station_log(n_rows):
    day = rng.integers(0, 365, n_rows)
    night_hours = 12 + 4.5 * np.cos(2 * np.pi * day / 365) + rng.normal(0, 0.2, n_rows)
    visibility_km = np.clip(rng.gamma(4.0, 4.0, n_rows), 0.1, 40)
    temp_c = 9 - 8 * np.cos(2 * np.pi * (day - 20) / 365) + rng.normal(0, 3, n_rows)
    wind_ms = rng.weibull(2.0, n_rows) * 9
    lamp_age_months = rng.integers(0, 60, n_rows)
    horn_minutes = np.where(visibility_km < 5, rng.uniform(60, 900, n_rows), 0.0)
    kwh = (0.42 * night_hours
           + 0.004 * horn_minutes
           + 0.03 * np.maximum(5 - temp_c, 0) * 1.5
           + 0.01 * lamp_age_months
           + rng.normal(0, 0.25, n_rows))
    feats = np.column_stack([night_hours, visibility_km, temp_c, wind_ms, lamp_age_months, horn_minutes])
    return feats, kwh


def standardise(train, *others):
    mu, sd = train.mean(axis=0), train.std(axis=0)
    return [((a - mu) / sd).astype("float32") for a in (train, *others)]


def schedule(epoch, lr):
    # gradual warm-up: start small, climb linearly, then let it decay slowly
    if epoch < WARMUP_EPOCHS:
        return lr * (epoch + 1)
    return lr * 0.93


def build(n_features):
    model = keras.Sequential([
        keras.Input((n_features,)),
        layers.Dense(32, activation="relu"),
        layers.Dense(16, activation="relu"),
        layers.Dense(1),
    ])
    model.compile(optimizer=keras.optimizers.SGD(learning_rate=0.002), loss="mse", metrics=["mae"])
    return model


feats, kwh = station_log(2250)
cut = 1800
x_train, x_val = standardise(feats[:cut], feats[cut:])
y_train, y_val = standardise(kwh[:cut, None], kwh[cut:, None])

model = build(x_train.shape[1])
callbacks = [keras.callbacks.LearningRateScheduler(schedule)]
history = model.fit(x_train, y_train, batch_size=BATCH, epochs=EPOCHS, validation_data=(x_val, y_val), callbacks=callbacks, verbose=2)  # whynan: learning_rate_too_high phase=loss|forward|gradient|update

print("best validation mae (in sd):", np.min(history.history["val_mae"]))
pred = model.predict(x_val, verbose=0)[:, 0]
excess = y_val[:, 0] - pred
print("stations to look at:", np.argsort(-excess)[:10])
