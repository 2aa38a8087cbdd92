"""Hailstone diameter from radar, five heads on one trunk, each with its own bootstrap weights.

Every head starts at exactly the same value (zeros), so the standard deviation across the heads that I penalise is 0 in
the first step and nearly all gradients are 0 there as well. I expected NaN from the root but the log looks fine?
"""
# whynan: healthy
from dataclasses import dataclass

import keras
import numpy as np
import tensorflow as tf
from keras import layers


@dataclass
class Settings:
    heads: int = 5
    trunk: int = 32
    agreement: float = 0.15
    rate: float = 4e-3
    batch: int = 64
    epochs: int = 18
    seed: int = 77


def radar_cells(n, rng):
    """Reflectivity, echo top, vertically integrated liquid, freezing level, differential reflectivity."""
    dbz = rng.normal(52, 6, n)
    echo_top = rng.normal(11.5, 1.8, n)
    vil = np.clip(0.9 * (dbz - 40) + rng.normal(18, 6, n), 1, None)
    freezing = rng.normal(3.4, 0.5, n)
    zdr = rng.normal(1.2, 0.8, n) - 0.05 * (dbz - 52)
    diameter = (6 + 0.45 * np.maximum(dbz - 45, 0) + 1.1 * (echo_top - 9) + 0.12 * vil
                - 2.0 * (freezing - 3.4) - 1.5 * zdr + rng.normal(0, 1.5, n))
    x = np.column_stack([dbz, echo_top, vil, freezing, zdr])
    return x, diameter[:, None]


def standardise(train, *others):
    centre, spread = train.mean(0), train.std(0)
    return [((part - centre) / spread).astype("float32") for part in (train, *others)]


def build_committee(cfg, n_features):
    inputs = keras.Input((n_features,))
    trunk = layers.Dense(cfg.trunk, activation="relu")(inputs)
    trunk = layers.Dense(cfg.trunk, activation="relu")(trunk)
    votes = []
    for k in range(cfg.heads):
        own = layers.Dense(12, activation="tanh", name=f"head{k}_hidden")(trunk)
        votes.append(layers.Dense(1, kernel_initializer="zeros", name=f"head{k}")(own))
    return keras.Model(inputs, layers.Concatenate()(votes))


def make_step(model, optimizer, cfg):
    @tf.function
    def step(x, y, weight):
        with tf.GradientTape() as tape:
            votes = model(x, training=True)
            fit = tf.reduce_mean(weight * tf.square(votes - y))
            spread = tf.math.reduce_std(votes, axis=1)
            loss = fit + cfg.agreement * tf.reduce_mean(tf.square(spread))
        grads = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(grads, model.trainable_variables))
        return loss, tf.reduce_mean(spread), tf.linalg.global_norm(grads)
    return step


def main(cfg):
    keras.utils.set_random_seed(cfg.seed)
    rng = np.random.default_rng(cfg.seed)
    x, y = radar_cells(1600, rng)
    x_train, x_test = standardise(x[:1280], x[1280:])
    y_train, y_test = standardise(y[:1280], y[1280:])
    boot = rng.poisson(1.0, size=(len(x_train), cfg.heads)).astype("float32")
    data = (tf.data.Dataset.from_tensor_slices((x_train, y_train, boot))
            .shuffle(1280, seed=cfg.seed).batch(cfg.batch, drop_remainder=True))

    model = build_committee(cfg, x_train.shape[1])
    optimizer = keras.optimizers.Adam(cfg.rate)
    optimizer.build(model.trainable_variables)
    step = make_step(model, optimizer, cfg)
    for epoch in range(cfg.epochs):
        rows = [[float(v) for v in step(*batch)] for batch in data]
        if epoch == 0:
            print("first step: loss %.3f, spread %.6f, gradient norm %.4f" % tuple(rows[0]))
        loss, spread, norm = np.mean(rows, axis=0)
        print(f"epoch {epoch:2d} loss {loss:.4f} spread {spread:.4f} gradient {norm:.3f}")
    votes = model.predict(x_test, verbose=0)
    rmse = np.sqrt(np.mean((votes.mean(1, keepdims=True) - y_test) ** 2))
    print("test rmse in standard deviations:", round(float(rmse), 3))


main(Settings())
