"""Welding robots: will the torch head be reported broken? Two years of daily telemetry.

Training walks through the history in time order, one chunk after the other, as the
production job will do with new data.
"""
import argparse
import logging

import numpy as np
import pandas as pd
import tensorflow as tf
import keras

logging.basicConfig(level=logging.INFO, format="%(message)s")
log = logging.getLogger("welders")

DAYS = 730
FEATURES = ["current_a", "wire_speed", "gas_flow", "torch_temp", "arc_hours", "restarts"]


def telemetry(n, rng):
    df = pd.DataFrame({"day": np.linspace(0, DAYS - 1, n).astype(int)})
    wear = rng.beta(2, 4, n)
    df["current_a"] = rng.normal(180, 12, n) + 25 * wear
    df["wire_speed"] = rng.normal(8.0, 0.6, n)
    df["gas_flow"] = rng.normal(14, 1, n) - 2 * wear
    df["torch_temp"] = rng.normal(310, 20, n) + 90 * wear
    df["arc_hours"] = 400 * wear + rng.gamma(2, 30, n)
    df["restarts"] = rng.poisson(1 + 4 * wear)
    breaks = rng.random(n) < 0.12 + 0.5 * wear
    # the workshop books a repair six weeks after the event or later
    booked = df["day"] + 42 + rng.exponential(15, n)
    df["broken"] = (breaks & (booked < DAYS)).astype(np.float32)
    return df


class Scaler:
    def fit(self, frame):
        self.mean, self.std = frame.mean(), frame.std()
        return self

    def __call__(self, frame):
        return ((frame - self.mean) / self.std).to_numpy(np.float32)


def balanced_loss(y, logit):
    """Both groups count the same, however rare repairs are."""
    ce = tf.nn.sigmoid_cross_entropy_with_logits(labels=y, logits=logit)
    broken = tf.reduce_mean(tf.boolean_mask(ce, y > 0.5))  # whynan: empty_reduction phase=forward|loss
    intact = tf.reduce_mean(tf.boolean_mask(ce, y < 0.5))
    return 0.5 * (broken + intact)


def classifier():
    return keras.Sequential(
        [
            keras.Input((len(FEATURES),)),
            keras.layers.Dense(24, activation="gelu"),
            keras.layers.Dense(12, activation="gelu"),
            keras.layers.Dense(1),
        ]
    )


def train(model, chunks, epochs, lr):
    optimizer = keras.optimizers.Adam(lr, clipnorm=1.0)

    @tf.function(reduce_retracing=True)
    def update(xb, yb):
        with tf.GradientTape() as tape:
            logit = tf.squeeze(model(xb, training=True), axis=-1)
            loss = balanced_loss(yb, logit)
        grads = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(grads, model.trainable_variables))
        return loss

    for epoch in range(1, epochs + 1):
        total, count = 0.0, 0
        for xb, yb in chunks:
            total += float(update(xb, yb))
            count += 1
            if count % 10 == 0:
                log.info("  chunk %d running loss %.4f", count, total / count)
        log.info("epoch %d loss %.4f", epoch, total / count)


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--rows", type=int, default=1480)
    ap.add_argument("--chunk", type=int, default=64)
    ap.add_argument("--epochs", type=int, default=4)
    ap.add_argument("--lr", type=float, default=2e-3)
    a = ap.parse_args()

    keras.utils.set_random_seed(9)
    df = telemetry(a.rows, np.random.default_rng(9))
    log.info("%.1f%% of rows with a repair", 100 * df["broken"].mean())
    x = Scaler().fit(df[FEATURES])(df[FEATURES])
    y = df["broken"].to_numpy(np.float32)
    chunks = tf.data.Dataset.from_tensor_slices((x, y)).batch(a.chunk)

    model = classifier()
    train(model, chunks, a.epochs, a.lr)

    old = df["day"] < DAYS - 120
    score = model.predict(x[old], verbose=0)[:, 0]
    top = np.argsort(-score)[:100]
    log.info("repairs among the 100 highest scores: %.2f", y[old][top].mean())


if __name__ == "__main__":
    main()
