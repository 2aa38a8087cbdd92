"""Zucchini greenhouse: leaf sensors -> lab values (nitrate, dry matter, sugar).

The lab measures only some of the three values per sample. Days since the last
irrigation are inf for beds that were never irrigated in the season.
"""
import argparse
import logging

import keras
import numpy as np
import pandas as pd
import tensorflow as tf

logging.basicConfig(level=logging.INFO, format="%(name)s: %(message)s")
log = logging.getLogger("zucchini")

SENSORS = ["ec", "ph", "leaf_temp", "par", "co2", "humidity"]
LAB = ["nitrate", "dry_matter", "sugar"]


def season(n, rng):
    df = pd.DataFrame(rng.normal(0, 1, (n, len(SENSORS))), columns=SENSORS)
    df["days_since_water"] = rng.exponential(6, n)
    df.loc[rng.random(n) < 0.15, "days_since_water"] = np.inf
    wet = np.exp(-df["days_since_water"] / 5)
    df["nitrate"] = 1900 + 420 * df["ec"] - 300 * wet + rng.normal(0, 120, n)
    df["dry_matter"] = 5.1 - 0.5 * wet + 0.3 * df["par"] + rng.normal(0, 0.2, n)
    df["sugar"] = 2.4 + 0.25 * df["par"] * df["leaf_temp"] + rng.normal(0, 0.15, n)
    for col, share in zip(LAB, (0.2, 0.45, 0.9)):
        df.loc[rng.random(n) < share, col] = np.nan
    return df


class Wetness(keras.layers.Layer):
    def call(self, days):
        return tf.exp(-days / 5.0)


def lab_loss(y_true, out):
    """Gaussian likelihood over the values the lab has measured."""
    mean, raw = out[:, :3], out[:, 3:]
    scale = tf.nn.softplus(raw) + 0.05
    known = tf.math.is_finite(y_true)
    y = tf.where(known, y_true, tf.zeros_like(y_true))
    nll = 0.5 * tf.square((y - mean) / scale) + tf.math.log(scale)
    w = tf.cast(known, out.dtype)
    return tf.math.divide_no_nan(tf.reduce_sum(w * nll), tf.reduce_sum(w))


def build():
    sensors = keras.Input((len(SENSORS),), name="sensors")
    days = keras.Input((1,), name="days")
    h = keras.layers.Concatenate()([sensors, Wetness()(days)])
    h = keras.layers.Dense(40, activation="swish")(h)
    h = keras.layers.Dense(40, activation="swish")(h)
    return keras.Model([sensors, days], keras.layers.Dense(6)(h))


class Fitter:
    def __init__(self, model, lr):
        self.model, self.opt = model, keras.optimizers.Adam(lr)
        self.best, self.best_weights = np.inf, model.get_weights()

    @tf.function(reduce_retracing=True)
    def step(self, s, d, y):
        with tf.GradientTape() as tape:
            loss = lab_loss(y, self.model([s, d], training=True))
        grads = tape.gradient(loss, self.model.trainable_variables)
        self.opt.apply_gradients(zip(grads, self.model.trainable_variables))
        return loss

    def fit(self, train, held, epochs):
        for e in range(epochs):
            seen = np.mean([float(self.step(s, d, y)) for s, d, y in train])  # whynan: healthy
            val = float(lab_loss(held[2], self.model(held[:2])))
            log.info("epoch %2d  nll %.3f  held-out %.3f", e, seen, val)
            if val < self.best:
                self.best, self.best_weights = val, self.model.get_weights()
        self.model.set_weights(self.best_weights)


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--samples", type=int, default=1800)
    ap.add_argument("--batch", type=int, default=8)
    ap.add_argument("--epochs", type=int, default=6)
    args = ap.parse_args()
    keras.utils.set_random_seed(64)
    df = season(args.samples, np.random.default_rng(64))
    log.info("missing lab values: %s", df[LAB].isna().sum().to_dict())
    cut = int(0.8 * len(df))
    mu, sd = df[LAB][:cut].mean(), df[LAB][:cut].std()
    s = df[SENSORS].to_numpy("float32")
    d = df[["days_since_water"]].to_numpy("float32")
    y = ((df[LAB] - mu) / sd).to_numpy("float32")

    train = tf.data.Dataset.from_tensor_slices((s[:cut], d[:cut], y[:cut])).shuffle(2000, seed=1).batch(args.batch)
    fitter = Fitter(build(), 2e-3)
    fitter.fit(train, [tf.constant(a[cut:]) for a in (s, d, y)], args.epochs)

    mean = fitter.model.predict([s[cut:], d[cut:]], verbose=0)[:, :3]
    mae = np.nanmean(np.abs(mean - y[cut:]), axis=0) * sd.to_numpy()
    print(pd.Series(mae, index=LAB).round(3).to_string())


if __name__ == "__main__":
    main()
