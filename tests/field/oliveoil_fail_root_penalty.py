"""Region of origin of olive oils from eight fatty acids, with a penalty that makes the network sparse.

With l1 it works. With the square root penalty from the feature selection paper the first batch has the same loss as
before and from then on I only get nan, even with a strength of 1e-6.
"""
import keras
import numpy as np
from keras import layers, ops

CONFIG = {
    "seed": 9,
    "hidden": [24, 12],
    "strength": 1e-4,
    "learning_rate": 2e-3,
    "batch_size": 24,
    "epochs": 8,
}

ACIDS = ["palmitic", "palmitoleic", "stearic", "oleic", "linoleic", "linolenic", "arachidic", "eicosenoic"]
REGION_MEANS = {  # per cent
    "south": [13.3, 1.55, 2.29, 71.0, 10.3, 0.38, 0.63, 0.27],
    "sardinia": [11.1, 0.97, 2.26, 72.7, 12.0, 0.27, 0.73, 0.02],
    "north": [10.9, 0.84, 2.31, 77.9, 7.3, 0.22, 0.38, 0.02],
}
SPREAD = np.array([1.0, 0.25, 0.3, 1.9, 1.3, 0.06, 0.12, 0.008])


class RootPenalty(keras.regularizers.Regularizer):
    """strength * sum |w|^(1/2)."""

    def __init__(self, strength):
        self.strength = float(strength)

    def __call__(self, weights):
        return self.strength * ops.sum(ops.sqrt(ops.abs(weights)))  # whynan: sqrt_grad_at_zero phase=gradient also=pow_grad_at_zero

    def get_config(self):
        return {"strength": self.strength}


def sample_oils(per_region, rng):
    rows, labels = [], []
    for label, mean in enumerate(REGION_MEANS.values()):
        rows.append(rng.normal(mean, SPREAD, size=(per_region, len(ACIDS))).clip(0.005))
        labels.append(np.full(per_region, label))
    order = rng.permutation(3 * per_region)
    return np.concatenate(rows)[order], np.concatenate(labels)[order]


def build(config):
    def penalised(units, activation):
        return layers.Dense(
            units,
            activation=activation,
            kernel_regularizer=RootPenalty(config["strength"]),
            bias_regularizer=RootPenalty(config["strength"]),
        )

    inputs = keras.Input(shape=(len(ACIDS),), name="acids")
    x = inputs
    for units in config["hidden"]:
        x = penalised(units, "relu")(x)
    model = keras.Model(inputs, penalised(len(REGION_MEANS), "softmax")(x))
    model.compile(
        optimizer=keras.optimizers.Adam(config["learning_rate"]),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model


def main(config):
    keras.utils.set_random_seed(config["seed"])
    rng = np.random.default_rng(config["seed"])
    x, y = sample_oils(120, rng)
    x_new, y_new = sample_oils(30, rng)
    mean, std = x.mean(axis=0), x.std(axis=0)
    model = build(config)
    model.fit(
        (x - mean) / std, y, batch_size=config["batch_size"], epochs=config["epochs"], verbose=2
    )
    loss, accuracy = model.evaluate((x_new - mean) / std, y_new, verbose=0)
    kept = sum(int((np.abs(w) > 1e-3).sum()) for w in model.get_weights())
    print(f"loss {loss:.3f} accuracy {accuracy:.3f} weights kept {kept}")


if __name__ == "__main__":
    main(CONFIG)
