"""Share of seats sold per planetarium show.

Point forecast first (easy to compare with last year's spreadsheet), then the same
body gets a distribution head so that the box office can plan with quantiles.
"""
import argparse
import logging
import os
import tempfile

import numpy as np
import tensorflow as tf
import keras
from keras import layers

logging.basicConfig(level=logging.INFO, format="%(asctime)s  %(message)s", datefmt="%M:%S")
log = logging.getLogger(__name__)

SEATS = 180


class ShowCalendar:
    def __init__(self, n_shows, seed):
        rng = np.random.default_rng(seed)
        self.hour = rng.choice([10, 12, 14, 16, 18, 20], n_shows)
        self.weekday = np.arange(n_shows) // 3 % 7
        self.rain = rng.random(n_shows) < 0.3
        self.school = (self.weekday < 5) & (self.hour < 13)
        rate = 0.22 + 0.12 * (self.weekday >= 5) + 0.08 * self.rain + 0.06 * self.school
        rate = rate + 0.05 * np.cos((self.hour - 15) / 3.0)
        demand = rng.poisson(rate * SEATS)
        demand[[212, 655, 656]] = [233, 310, 287]      # eclipse talk, meteor night (two shows)
        self.sold = np.clip(demand, 1, SEATS)

    def features(self):
        day = np.eye(7)[self.weekday]
        hour = (self.hour[:, None] - 15.0) / 3.5
        flags = np.stack([self.rain, self.school], axis=1)
        return np.concatenate([day, hour, hour ** 2, flags], axis=1).astype("float32")

    def share(self):
        return (self.sold / SEATS).astype("float32")[:, None]


def make_body(width):
    inp = keras.Input((11,), name="show")
    h = layers.Dense(width, activation="gelu")(inp)
    h = layers.LayerNormalization()(h)
    h = layers.Dense(width, activation="gelu")(h)
    return keras.Model(inp, h, name="body")


def shape_params(raw):
    """Two concentrations above one keep the density unimodal."""
    return 1.0 + tf.nn.softplus(raw[:, :1]), 1.0 + tf.nn.softplus(raw[:, 1:])


def beta_nll(share, raw):
    a, b = shape_params(raw)
    norm = tf.math.lgamma(a) + tf.math.lgamma(b) - tf.math.lgamma(a + b)
    log_sold = tf.math.log(share)
    log_free = tf.math.log1p(-share)  # whynan: label_on_boundary phase=forward|data|loss also=log_of_zero rows=212,655,656
    return norm - (a - 1.0) * log_sold - (b - 1.0) * log_free


class Forecaster:
    def __init__(self, args, folder):
        self.args, self.folder = args, folder
        self.body = make_body(args.width)

    def path(self, name):
        return os.path.join(self.folder, name + ".weights.h5")

    def point(self, x, y, x_val, y_val):
        net = keras.Sequential([self.body, layers.Dense(1, activation="sigmoid")])
        net.compile(keras.optimizers.Adam(self.args.lr), loss="mse", metrics=["mae"])
        stop = keras.callbacks.EarlyStopping(patience=4, restore_best_weights=True)
        h = net.fit(x, y, batch_size=self.args.batch, epochs=self.args.point_epochs,
                    validation_data=(x_val, y_val), callbacks=[stop], verbose=0)
        for i, (tr, va) in enumerate(zip(h.history["mae"], h.history["val_mae"])):
            log.info("point %2d  mae %.4f  val mae %.4f", i, tr, va)
        self.body.save_weights(self.path("body"))

    def distribution(self, x, y, x_val, y_val):
        self.body.load_weights(self.path("body"))
        net = keras.Sequential([self.body, layers.Dense(2, name="concentration")])
        net.compile(keras.optimizers.Adam(self.args.lr * 0.5), loss=beta_nll)
        for epoch in range(self.args.beta_epochs):
            h = net.fit(x, y, batch_size=self.args.batch, epochs=1, verbose=0)
            a, b = shape_params(net.predict(x_val, verbose=0))
            mean = (a / (a + b)).numpy()
            log.info("beta %2d  nll %.4f  val mae of mean %.4f", epoch, h.history["loss"][0],
                     np.abs(mean - y_val).mean())
            net.save_weights(self.path("beta"))
        return net


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--shows", type=int, default=1500)
    ap.add_argument("--train-shows", type=int, default=1200)
    ap.add_argument("--width", type=int, default=32)
    ap.add_argument("--lr", type=float, default=2e-3)
    ap.add_argument("--batch", type=int, default=48)
    ap.add_argument("--point-epochs", type=int, default=8)
    ap.add_argument("--beta-epochs", type=int, default=6)
    ap.add_argument("--seed", type=int, default=2024)
    args = ap.parse_args()
    keras.utils.set_random_seed(args.seed)
    cal = ShowCalendar(args.shows, args.seed)
    x, y, n = cal.features(), cal.share(), args.train_shows
    log.info("mean share %.2f over %d shows", y.mean(), len(y))
    with tempfile.TemporaryDirectory() as folder:
        fc = Forecaster(args, folder)
        fc.point(x[:n], y[:n], x[n:], y[n:])
        fc.distribution(x[:n], y[:n], x[n:], y[n:])


if __name__ == "__main__":
    main()
