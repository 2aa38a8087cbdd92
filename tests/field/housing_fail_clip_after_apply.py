# Hi all, I added gradient clipping to my custom loop but the loss still goes crazy. What am I missing??
import logging

import numpy as np
import pandas as pd
import tensorflow as tf
import keras

logging.basicConfig(level=logging.INFO, format="%(message)s")
log = logging.getLogger("housing")
keras.utils.set_random_seed(11)

CFG = {"lr": 1e-3, "clip": 1.0, "batch": 32, "epochs": 4}


def load_houses(n=512):
    rng = np.random.default_rng(11)
    frame = pd.DataFrame({
        "GrLivArea": rng.integers(500, 4200, n),
        "YearBuilt": rng.integers(1930, 2012, n),
        "TotRmsAbvGrd": rng.integers(3, 12, n),
    })
    frame["Price100k"] = (0.9 * frame.GrLivArea / 1000 + 0.01 * (frame.YearBuilt - 1930)
                          + 0.05 * frame.TotRmsAbvGrd + rng.normal(0, 0.1, n))
    return frame


class Objective:
    """keeps the model and the data term together so that I can add penalties later"""

    def __init__(self, model, penalties=()):
        self.model = model
        self.penalties = list(penalties)

    def data_term(self, target, guess):
        err = target - guess
        return tf.reduce_mean(err ** 2)  # whynan: unscaled_input phase=loss also=learning_rate_too_high,exploding_gradient

    def __call__(self, features, target):
        guess = self.model(features, training=True)
        total = self.data_term(target, guess)
        for penalty in self.penalties:
            total += penalty(self.model)
        return total


def one_step(objective, optimizer, features, target):
    with tf.GradientTape() as tape:
        value = objective(features, target)
    weights = objective.model.trainable_variables
    grads = tape.gradient(value, weights)
    optimizer.apply_gradients(zip(grads, weights))
    # clipping, as recommended in every answer on SO
    grads, norm = tf.clip_by_global_norm(grads, CFG["clip"])
    return value, norm


def main():
    frame = load_houses()
    x = frame.drop(columns="Price100k").to_numpy("float32")
    y = frame[["Price100k"]].to_numpy("float32")
    ds = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(512, seed=3).batch(CFG["batch"])

    model = keras.Sequential([keras.Input((x.shape[1],)), keras.layers.Dense(1)])
    objective = Objective(model)
    optimizer = keras.optimizers.SGD(CFG["lr"])
    for epoch in range(CFG["epochs"]):
        for features, target in ds:
            value, norm = one_step(objective, optimizer, features, target)
        log.info("epoch %d loss %.4f grad norm %.3f", epoch, float(value), float(norm))


if __name__ == "__main__":
    main()
