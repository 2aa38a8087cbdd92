"""Activity of enzyme variants with a Gaussian prior on the weights (MAP estimate).

The prior's width follows from the layer's width, so there is nothing to tune. The loss grows from the first epoch
and ends as nan; lowering the noise level or the number of epochs does not help.
"""
from dataclasses import dataclass, field

import numpy as np
import keras
from keras import layers


@dataclass
class Experiment:
    width: int = 128
    depth: int = 2
    noise_std: float = 0.3
    batch_size: int = 32
    epochs: int = 6
    optimizer: dict = field(default_factory=lambda: {"learning_rate": 0.05, "momentum": 0.0})

    @property
    def prior_std(self):
        return 1.0 / np.sqrt(self.width)

    @property
    def prior_precision(self):
        return 1.0 / self.prior_std ** 2

    def dense_options(self):
        return {
            "kernel_regularizer": keras.regularizers.L2(0.5 * self.prior_precision),
            "kernel_initializer": keras.initializers.RandomNormal(stddev=self.prior_std),
        }


def hidden(h, units, activation="tanh", **kwargs):
    return layers.Dense(units, activation=activation, **kwargs)(h)


def build(exp, n_features):
    inputs = keras.Input((n_features,))
    h = inputs
    for _ in range(exp.depth):
        h = hidden(h, exp.width, **exp.dense_options())
    outputs = layers.Dense(1, **exp.dense_options())(h)
    model = keras.Model(inputs, outputs)
    model.compile(
        optimizer=keras.optimizers.SGD(**exp.optimizer),
        loss="mse",
        metrics=["mae"],
    )
    return model


def variants(n=700, positions=12):
    rng = np.random.default_rng(55)
    residues = rng.integers(0, 5, (n, positions))
    x = np.eye(5)[residues].reshape(n, -1)
    effect = rng.normal(0, 0.6, x.shape[1])
    pairs = x[:, 3] * x[:, 17] - x[:, 22] * x[:, 41]
    y = x @ effect + 1.2 * pairs + rng.normal(0, 0.3, n)
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    return x.astype("float32"), ((y - y.mean()) / y.std()).astype("float32")


def run(exp):
    x, y = variants()
    model = build(exp, x.shape[1])
    split = int(0.8 * len(x))
    history = model.fit(  # whynan: regularization_too_large phase=loss|gradient|update also=learning_rate_too_high,exploding_gradient
        x[:split],
        y[:split],
        validation_data=(x[split:], y[split:]),
        batch_size=exp.batch_size,
        epochs=exp.epochs,
        verbose=2,
    )
    return history.history


if __name__ == "__main__":
    keras.utils.set_random_seed(2)
    for name, values in run(Experiment()).items():
        print(name, values)
