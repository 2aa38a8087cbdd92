"""Grade bassoon reeds (soft .. hard) from workshop measurements."""
from dataclasses import dataclass

import keras
import numpy as np
import pandas as pd
from keras import layers, ops

GRADES = ["soft", "medium soft", "medium", "medium hard", "hard"]
COLUMNS = ["tip_um", "heart_um", "spine_um", "density", "flex_g", "pitch_hz"]


@dataclass
class Experiment:
    n_reeds: int = 1500
    n_train: int = 1300
    width: int = 48
    lr: float = 2e-3
    batch_size: int = 50
    epochs: int = 8
    seed: int = 9


def workshop_cards(n, seed):
    """Cards as the reed maker keeps them."""
    rng = np.random.default_rng(seed)
    grade = rng.integers(0, len(GRADES), n)
    table = pd.DataFrame(
        {
            "tip_um": rng.normal(110 + 6 * grade, 6),
            "heart_um": rng.normal(640 + 18 * grade, 22),
            "spine_um": rng.normal(900 + 15 * grade, 30),
            "density": rng.normal(0.48 + 0.015 * grade, 0.02),
            "flex_g": rng.normal(22 + 3.5 * grade, 2.5),
            "pitch_hz": rng.normal(262 + 4 * grade, 5),
        }
    )
    names = [GRADES[g] for g in grade]
    for i in range(57, n, 389):
        names[i] = names[i].capitalize()
    table["grade"] = names
    return table


def prepare(cards):
    x = cards[COLUMNS].to_numpy("float32")
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    y = pd.Categorical(cards["grade"], categories=GRADES, ordered=True).codes
    return x, y.astype("int32")


class ReedLoss(keras.losses.Loss):
    """Cross-entropy that also pays for the distance between the grades."""

    def __init__(self, n_classes, distance_weight=0.1, name="reed_loss"):
        super().__init__(name=name)
        self.n_classes = n_classes
        self.distance_weight = distance_weight

    def call(self, y_true, y_pred):
        grade = ops.cast(ops.reshape(y_true, (-1,)), "int32")
        target = ops.one_hot(grade, self.n_classes)
        p_true = ops.sum(target * y_pred, axis=-1)
        ce = -ops.log(p_true)  # whynan: label_out_of_range phase=loss|forward also=log_of_zero rows=57,446,835,1224
        steps = ops.arange(self.n_classes, dtype="float32")
        expected = ops.sum(y_pred * steps, axis=-1)
        return ce + self.distance_weight * ops.abs(expected - ops.cast(grade, "float32"))


def build(exp):
    inputs = keras.Input((len(COLUMNS),))
    h = layers.Dense(exp.width, activation="gelu")(inputs)
    h = layers.Dense(exp.width // 2, activation="gelu")(h)
    outputs = layers.Dense(len(GRADES), activation="softmax")(h)
    return keras.Model(inputs, outputs, name="reeds")


def main():
    exp = Experiment()
    keras.utils.set_random_seed(exp.seed)
    x, y = prepare(workshop_cards(exp.n_reeds, exp.seed))
    model = build(exp)
    model.compile(optimizer=keras.optimizers.Adam(exp.lr), loss=ReedLoss(len(GRADES)))
    model.fit(
        x[: exp.n_train], y[: exp.n_train],
        batch_size=exp.batch_size,
        epochs=exp.epochs,
        verbose=2,
    )
    guess = model.predict(x[exp.n_train:], verbose=0).argmax(axis=1)
    print("within one grade:", np.mean(np.abs(guess - y[exp.n_train:]) <= 1))


if __name__ == "__main__":
    main()
