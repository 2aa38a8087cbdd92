"""Nest boxes of great tits: how many of the laid eggs fledge?  The number of eggs in the
notebook is only what the warden saw on the last visit, so the network may correct it by
a factor that starts at one.  Loss is inf from the very first epoch and the weights
are gone after it; the probability is clipped already.
"""
import keras
import numpy as np
import pandas as pd
import tensorflow as tf
from keras import layers, ops

keras.utils.set_random_seed(31)

FEATURES = ["first_egg_day", "box_height_m", "april_temp", "rain_days", "caterpillars"]


def notebook(n=240, seed=31):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "first_egg_day": rng.normal(112, 6, n).round(),
            "box_height_m": rng.uniform(1.8, 5.0, n).round(1),
            "april_temp": rng.normal(8.5, 1.6, n).round(1),
            "rain_days": rng.integers(3, 22, n),
            "caterpillars": rng.gamma(3.0, 12.0, n).round(),
        }
    )
    frame["eggs_seen"] = rng.integers(5, 12, n)
    quality = 0.9 + 0.02 * (frame.caterpillars - 36) - 0.06 * (frame.rain_days - 12)
    survival = 1.0 / (1.0 + np.exp(-quality.clip(-3, 3)))
    frame["fledged"] = rng.binomial(frame.eggs_seen, survival)
    # boxes where one more egg was laid after the last visit, and all of them hatched
    later = [17, 90, 203]
    frame.loc[later, "fledged"] = frame.loc[later, "eggs_seen"] + 1
    return frame


def clutch_likelihood(y_true, y_pred):
    """Minus log of the binomial probability; the clutch need not be a whole number."""
    seen, fledged = y_true[:, 0], y_true[:, 1]
    laid = seen * ops.exp(y_pred[:, 0])
    p = ops.clip(ops.sigmoid(y_pred[:, 1]), 1e-6, 1.0 - 1e-6)
    lost = laid - fledged
    ways = tf.math.lgamma(laid + 1.0) - tf.math.lgamma(fledged + 1.0) - tf.math.lgamma(lost + 1.0)  # whynan: label_out_of_range phase=loss rows=17,90,203 also=lgamma_pole
    return -(ways + fledged * ops.log(p) + lost * ops.log(1.0 - p))


def brood_model(n_features):
    inputs = keras.Input((n_features,))
    h = layers.Dense(24, activation="elu")(inputs)
    h = layers.Dense(24, activation="elu")(h)
    overlooked = layers.Dense(1, kernel_initializer="zeros", name="log_factor")(h)
    survival = layers.Dense(1, name="logit")(h)
    return keras.Model(inputs, layers.Concatenate()([overlooked, survival]))


boxes = notebook()
x = boxes[FEATURES]
x = ((x - x.mean()) / x.std()).to_numpy("float32")
y = boxes[["eggs_seen", "fledged"]].to_numpy("float32")
print(boxes.describe().loc[["min", "mean", "max"]].T)

model = brood_model(len(FEATURES))
model.compile(optimizer=keras.optimizers.Adam(5e-3), loss=clutch_likelihood)
# few boxes, so all of them in one step as in the old regression
log = model.fit(x, y, batch_size=len(x), epochs=40, verbose=0)
for epoch in (0, 1, 5, 39):
    print(f"epoch {epoch + 1:3d}  loss {log.history['loss'][epoch]:.4f}")
chance = 1.0 / (1.0 + np.exp(-model.predict(x[:5], verbose=0)[:, 1]))
print("fledging chance of the first boxes:", chance)
