"""Residual network with randomly skipped blocks on the small digits.

evaluate() before training gives a normal loss (about 2.3), but in fit the very first batch is nan. Fewer or more
blocks make no difference, and neither does the learning rate.
"""
import argparse

import keras
from keras import layers, ops
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split


def arguments():
    parser = argparse.ArgumentParser(description="stochastic depth")
    parser.add_argument("--blocks", type=int, default=6)
    parser.add_argument("--units", type=int, default=64)
    parser.add_argument("--final-drop", type=float, default=1.0, help="end point of the linear drop rule")
    parser.add_argument("--lr", type=float, default=1e-3)
    parser.add_argument("--epochs", type=int, default=4)
    known, _ = parser.parse_known_args()
    return known


def survival_rule(blocks, final_drop):
    return [1.0 - final_drop * (i + 1) / blocks for i in range(blocks)]


class SkippedBlock(layers.Layer):
    """x + f(x), where f is left out for some samples of the batch during training."""

    def __init__(self, units, survival, **kwargs):
        super().__init__(**kwargs)
        self.survival = survival
        self.norm = layers.LayerNormalization()
        self.widen = layers.Dense(2 * units, activation="swish")
        self.narrow = layers.Dense(units)
        self.draws = keras.random.SeedGenerator(101)

    def keep(self, branch):
        uniform = keras.random.uniform((ops.shape(branch)[0], 1), seed=self.draws)
        alive = ops.floor(self.survival + uniform)
        return branch * alive / self.survival  # whynan: divide_by_zero phase=forward

    def call(self, x, training=False):
        branch = self.narrow(self.widen(self.norm(x)))
        return x + (self.keep(branch) if training else branch)


def network(args):
    inputs = keras.Input((64,))
    h = layers.Dense(args.units)(inputs)
    for number, survival in enumerate(survival_rule(args.blocks, args.final_drop)):
        h = SkippedBlock(args.units, survival, name=f"block{number}")(h)
    outputs = layers.Dense(10)(layers.LayerNormalization()(h))
    model = keras.Model(inputs, outputs)
    model.compile(
        optimizer=keras.optimizers.AdamW(args.lr, weight_decay=1e-4),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    return model


def main():
    args = arguments()
    keras.utils.set_random_seed(77)
    images, labels = load_digits(return_X_y=True)
    images = (images / 16.0).astype("float32")
    x_train, x_test, y_train, y_test = train_test_split(images, labels, test_size=0.25, random_state=0, stratify=labels)
    model = network(args)
    print("before training", model.evaluate(x_test, y_test, verbose=0))
    model.fit(x_train, y_train, batch_size=64, epochs=args.epochs, verbose=2)
    print("after training", model.evaluate(x_test, y_test, verbose=0))


if __name__ == "__main__":
    main()
