"""Credit default model, everything from a config dict (activation was found by a colleague's search)."""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(2024)

config = {
    "model": {"hidden": [32, 16], "hidden_activation": "relu", "output_activation": "tanh"},
    "loss": {"pos_weight": 4.0, "eps": 1e-7},
    "train": {"lr": 1e-3, "batch_size": 64, "epochs": 4},
}


class WeightedBCE(keras.losses.Loss):
    """Defaults are rare, so a missed one costs pos_weight times more."""

    def __init__(self, pos_weight=1.0, eps=1e-7, name="weighted_bce"):
        super().__init__(name=name)
        self.pos_weight = pos_weight
        self.eps = eps

    def call(self, y_true, y_pred):
        y_true = tf.cast(y_true, y_pred.dtype)
        pos = self.pos_weight * y_true * tf.math.log(y_pred + self.eps)  # whynan: wrong_loss_for_activation phase=loss also=log_of_negative
        neg = (1.0 - y_true) * tf.math.log(1.0 - y_pred + self.eps)
        return -tf.reduce_mean(pos + neg, axis=-1)


def build(n_in, hidden, hidden_activation, output_activation):
    inputs = keras.Input((n_in,), name="applicant")
    x = keras.layers.BatchNormalization()(inputs)
    for units in hidden:
        x = keras.layers.Dense(units, activation=hidden_activation)(x)
    outputs = keras.layers.Dense(1, activation=output_activation, name="pd")(x)
    return keras.Model(inputs, outputs)


def applicants(n=1500):
    rng = np.random.default_rng(17)
    income = rng.lognormal(10.2, 0.5, n)
    debt = rng.gamma(2.0, 6000.0, n)
    age = rng.uniform(19, 75, n)
    late = rng.poisson(0.6, n)
    X = np.column_stack([np.log(income), debt / income, age / 10, late]).astype("float32")
    logit = -3.2 + 1.5 * X[:, 1] + 0.9 * late - 0.1 * X[:, 2]
    y = (rng.random(n) < 1 / (1 + np.exp(-logit))).astype("float32")
    return X, y.reshape(-1, 1)


def main(cfg):
    X, y = applicants()
    model = build(X.shape[1], **cfg["model"])
    model.compile(optimizer=keras.optimizers.Adam(cfg["train"]["lr"]), loss=WeightedBCE(**cfg["loss"]))
    model.fit(X, y, batch_size=cfg["train"]["batch_size"], epochs=cfg["train"]["epochs"], verbose=2)


main(config)
