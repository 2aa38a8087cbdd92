"""Temperature profiles of lakes from the weather.  Ten thermistors a chain, and about a third of the readings are NaN.

y is full of NaN, and whole rows are NaN when the chain was out for repair.  A colleague insists that this cannot
work with mse and that I have been lucky twice (I trained it twice, with two seeds).
"""
import keras
import numpy as np
import tensorflow as tf

DEPTHS = np.array([0.5, 1, 2, 3, 5, 7, 10, 14, 18, 24], "float32")


def simulate(days=900, seed=8):
    rng = np.random.default_rng(seed)
    day = np.arange(days)
    season = np.sin(2 * np.pi * (day - 110) / 365.0)
    air = 10 + 11 * season + rng.normal(0, 2.5, days)
    wind = rng.gamma(2.0, 1.6, days)
    sun = np.clip(160 + 120 * season + rng.normal(0, 40, days), 5, None)
    inflow = rng.lognormal(0.0, 0.6, days)
    surface = 11 + 9 * season + 0.2 * (air - 10) - 0.15 * wind
    decay = np.exp(-DEPTHS[None, :] / (4.0 + 0.8 * wind[:, None]))
    temps = 4.5 + (surface - 4.5)[:, None] * decay + rng.normal(0, 0.15, (days, len(DEPTHS)))

    temps[rng.random(temps.shape) < 0.25] = np.nan
    temps[300:360] = np.nan
    temps[:, 7][rng.random(days) < 0.5] = np.nan

    x = np.stack([season, np.cos(2 * np.pi * day / 365.0), air, wind, sun, np.log(inflow)], axis=1)
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    return x.astype("float32"), temps.astype("float32")


class ProfileLoss(keras.losses.Loss):
    """Mean square over the thermistors that reported."""

    def call(self, y_true, y_pred):
        seen = tf.cast(tf.math.is_finite(y_true), y_pred.dtype)
        residual = tf.math.multiply_no_nan(y_true - y_pred, seen)
        total = tf.reduce_sum(tf.square(residual), axis=-1)
        return total / tf.maximum(tf.reduce_sum(seen, axis=-1), 1.0)


def make_model(level):
    weather = keras.Input((6,), name="weather")
    h = keras.layers.Dense(48, activation="gelu")(weather)
    h = keras.layers.Dense(48, activation="gelu")(h)
    profile = keras.layers.Dense(len(DEPTHS), bias_initializer=keras.initializers.Constant(level))(h)
    return keras.Model(weather, profile)


def run(seed, x, temps):
    keras.utils.set_random_seed(seed)
    model = make_model(float(np.nanmean(temps)))
    model.compile(optimizer=keras.optimizers.AdamW(2e-3), loss=ProfileLoss())
    log = model.fit(x, temps, epochs=20, batch_size=30, verbose=0)
    predicted = model.predict(x, verbose=0)
    error = np.sqrt(np.nanmean((predicted - temps) ** 2, axis=0))
    print(f"seed {seed}: loss {log.history['loss'][0]:.2f} -> {log.history['loss'][-1]:.3f}")
    print("   rmse by depth:", np.round(error, 2))
    return log.history["loss"][-1]


if __name__ == "__main__":
    x, temps = simulate()
    print(f"missing readings: {np.isnan(temps).mean():.0%}, empty rows: {np.isnan(temps).all(axis=1).sum()}")
    best = np.inf
    for seed in (1, 2):
        best = min(best, run(seed, x, temps))
    print("best", best)
# whynan: healthy
