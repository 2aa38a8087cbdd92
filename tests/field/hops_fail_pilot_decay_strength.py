"""Alpha acid of hop cones from ten near infrared bands.  The training script has run for
years on the whole harvest; for a new variety I only have ninety cones and set `pilot`.
The first epoch shows a good loss, the second one is nan, and the kernels
are full of infinities after a single step.  Without the decay it trains.
"""
import argparse

import keras
import numpy as np
from keras import layers, ops


def parse(argv=None):
    parser = argparse.ArgumentParser()
    parser.add_argument("--cones", type=int, default=2400)
    parser.add_argument("--pilot", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--epochs", type=int, default=12)
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--decay", type=float, default=0.05)
    parser.add_argument("--seed", type=int, default=44)
    args, _ = parser.parse_known_args(argv)
    if args.pilot:
        args.cones = 90
    return args


class NormalisedDecayAdam(keras.optimizers.Adam):
    """Adam with decoupled decay whose strength is the same for short and long trainings.

    The decay is divided by the root of the number of updates of the whole run,
    so that one value can be kept when the budget changes.
    """

    def __init__(self, learning_rate, decay_budget, run_updates, **kwargs):
        super().__init__(learning_rate=learning_rate, **kwargs)
        self.decay_budget = decay_budget
        self.run_updates = run_updates

    def update_step(self, gradient, variable, learning_rate):
        super().update_step(gradient, variable, learning_rate)
        updates = ops.cast(self.run_updates, variable.dtype)
        strength = self.decay_budget * ops.sqrt(1.0 / updates)  # whynan: divide_by_zero phase=update also=regularization_too_large,lr_schedule_invalid
        rate = ops.cast(learning_rate, variable.dtype)
        self.assign_sub(variable, ops.multiply(variable, rate * strength))


def cones(n, seed):
    rng = np.random.default_rng(seed)
    alpha = rng.normal(9.0, 2.5, n).clip(2.0, 17.0)
    moisture = rng.normal(10.0, 1.0, n)
    loadings = rng.normal(0.0, 1.0, (2, 10))
    latent = np.stack([(alpha - 9.0) / 2.5, moisture - 10.0], axis=1)
    bands = latent @ loadings + rng.normal(0.0, 0.3, (n, 10))
    bands = (bands - bands.mean(axis=0)) / bands.std(axis=0)
    return bands.astype("float32"), ((alpha - 9.0) / 2.5).astype("float32")[:, None]


def network(bands):
    return keras.Sequential(
        [
            keras.Input((bands,)),
            layers.Dense(40, activation="selu", kernel_initializer="lecun_normal"),
            layers.Dense(40, activation="selu", kernel_initializer="lecun_normal"),
            layers.Dense(1),
        ],
        name="alpha_acid",
    )


def main(argv=None):
    args = parse(argv)
    keras.utils.set_random_seed(args.seed)
    x, y = cones(args.cones, args.seed)
    updates_per_epoch = len(x) // args.batch
    optimizer = NormalisedDecayAdam(
        learning_rate=args.rate,
        decay_budget=args.decay,
        run_updates=updates_per_epoch * args.epochs,
    )
    model = network(x.shape[1])
    model.compile(optimizer=optimizer, loss="mse")
    history = model.fit(x, y, batch_size=args.batch, epochs=args.epochs, verbose=0)
    print("loss by epoch:", np.round(history.history["loss"], 4))


if __name__ == "__main__":
    main()
