"""Nights have different lengths, so the array is padded with NaN and everything is reduced by the nan* functions."""
import warnings
import numpy as np
import keras
from keras import layers

warnings.filterwarnings("ignore", message="Mean of empty slice")
warnings.filterwarnings("ignore", message="Degrees of freedom")
warnings.filterwarnings("ignore", message="All-NaN")
keras.utils.set_random_seed(21)
MAX_EPOCHS, CHANNELS = 50, 3


def load_nights(n=240):
    rng = np.random.default_rng(9)
    nights = np.full((n, MAX_EPOCHS, CHANNELS), np.nan, "float32")
    score = np.full(n, np.nan, "float32")
    for i in range(n):
        length = rng.integers(0, MAX_EPOCHS) if i % 17 else 0          # device not worn
        nights[i, :length] = rng.normal(60.0, 8.0, (length, CHANNELS)) + rng.normal(0, 5, CHANNELS)
        if i % 29 == 3:
            nights[i, :, 1] = np.nan                                    # electrode fell off
        if length > 3:
            score[i] = 0.05 * (np.nanmean(nights[i, :, 0]) - 60.0) + 0.1 * rng.normal()
    return nights, score


def summarise(nights):
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.nanmean(nights, axis=1)
        std = np.nanstd(nights, axis=1)
        peak = np.nanmax(nights, axis=1)
        cv = std / mean
        slope = np.nanmean(np.diff(nights, axis=1), axis=1)
    return np.concatenate([mean, std, peak, cv, slope], axis=1)


nights, score = load_nights()
features = summarise(nights)
print("nights with at least one NaN feature:", np.isnan(features).any(1).sum())
usable = np.isfinite(score)
features, score = features[usable], score[usable]
column_mean = np.nanmean(features, axis=0)
features = np.where(np.isnan(features), column_mean, features)
features = (features - features.mean(0)) / np.maximum(features.std(0), 1e-6)

model = keras.Sequential([layers.Dense(16, activation="elu"), layers.Dropout(0.1), layers.Dense(1)])
model.compile(keras.optimizers.Adam(3e-3), loss="mae")
log = np.full((40, 2), np.nan)                      # filled row by row
for epoch in range(12):
    h = model.fit(features, score, batch_size=32, validation_split=0.2, verbose=0)
    log[epoch] = h.history["loss"][0], h.history["val_loss"][0]
print("best epoch", np.nanargmin(log[:, 1]), "losses", np.nanmin(log, axis=0))
# whynan: healthy
