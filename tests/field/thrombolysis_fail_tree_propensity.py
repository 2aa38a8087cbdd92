"""Outcome model for stroke patients, with inverse probability of treatment weighting against confounding.

The propensity comes from a small decision tree because the clinicians want to read it. The weights are truncated at 20 as
the guideline says. Unweighted the regression converges nicely. Weighted, the first printed loss is nan already.
"""
import numpy as np
import tensorflow as tf
from sklearn.tree import DecisionTreeClassifier

import keras

keras.utils.set_random_seed(8)

CONFIG = {
    "patients": 1400,
    "tree": {"max_depth": 6, "min_samples_leaf": 20, "random_state": 0},
    "truncate": 20.0,
    "batch": 64,
    "epochs": 3,
    "rate": 3e-3,
}


def registry(n):
    rng = np.random.default_rng(19)
    age = rng.uniform(38.0, 92.0, n)
    nihss = rng.gamma(3.0, 3.5, n).clip(0, 42).round()
    pressure = rng.normal(152.0, 22.0, n)
    delay = rng.exponential(110.0, n)  # minutes to the door
    wish = 0.5 + 0.08 * (nihss - 8.0) - 0.006 * (delay - 110.0)
    treated = (rng.uniform(size=n) < 1.0 / (1.0 + np.exp(-wish))) & (age <= 78.0)  # old protocol: not beyond 78
    handicap = 0.12 * nihss + 0.02 * (age - 65.0) - 0.6 * treated + rng.normal(0.0, 0.5, n)
    covariates = np.column_stack([age, nihss, pressure, delay])
    return covariates, treated.astype(int), handicap


def treatment_weights(covariates, treated, truncate, tree_options):
    tree = DecisionTreeClassifier(**tree_options).fit(covariates, treated)
    p = tree.predict_proba(covariates)[:, 1]
    weights = treated / p + (1 - treated) / (1 - p)  # whynan: divide_by_zero phase=data also=nan_in_input
    return np.clip(weights, 0.0, truncate)


def make_dataset(x, y, w, batch):
    tensors = tuple(tf.constant(a, tf.float32) for a in (x, y[:, None], w[:, None]))
    return tf.data.Dataset.from_tensor_slices(tensors).shuffle(len(x), seed=4).batch(batch)


class Regression:
    def __init__(self, features, rate):
        self.net = keras.Sequential(
            [
                keras.Input((features,)),
                keras.layers.Dense(24, activation="elu"),
                keras.layers.Dense(24, activation="elu"),
                keras.layers.Dense(1),
            ]
        )
        self.optimizer = keras.optimizers.Adam(rate)
        self.optimizer.build(self.net.trainable_variables)

    @tf.function
    def step(self, x, y, w):
        with tf.GradientTape() as tape:
            residual = self.net(x, training=True) - y
            loss = tf.reduce_sum(w * tf.square(residual)) / (tf.reduce_sum(w) + 1e-6)
        variables = self.net.trainable_variables
        grads = tape.gradient(loss, variables)
        grads, _ = tf.clip_by_global_norm(grads, 5.0)
        self.optimizer.apply_gradients(zip(grads, variables))
        return loss


def run(config):
    covariates, treated, handicap = registry(config["patients"])
    weights = treatment_weights(covariates, treated, config["truncate"], config["tree"])
    scaled = (covariates - covariates.mean(axis=0)) / covariates.std(axis=0)
    x = np.column_stack([scaled, treated])
    regression = Regression(x.shape[1], config["rate"])
    batches = make_dataset(x, handicap, weights, config["batch"])
    for epoch in range(config["epochs"]):
        losses = [float(regression.step(*batch)) for batch in batches]
        print(f"epoch {epoch + 1}: weighted mse {np.mean(losses):.4f}")


if __name__ == "__main__":
    run(CONFIG)
