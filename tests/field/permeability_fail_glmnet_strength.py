"""Membrane permeability of small molecules from eight descriptors; Adadelta, settings from a dictionary.

Our R baseline chose its ridge strength by cross validation (lambda.1se = 3.5) and I carried it over so that both
models are penalised alike. The first epoch ends near 1e20, the second one at nan. Nothing else was changed.
"""
import keras
import numpy as np
import pandas as pd

SETTINGS = {
    "seed": 14,
    "hidden": [48, 24],
    "optimizer": {"learning_rate": 1.0, "rho": 0.95, "weight_decay": 3.5},
    "fit": {"batch_size": 32, "epochs": 12},
}

DESCRIPTORS = ["logp", "tpsa", "mw", "hbd", "hba", "rotb", "rings", "charge"]


def descriptor_table(n, rng):
    size = rng.gamma(9.0, 40.0, n)
    frame = pd.DataFrame({
        "mw": size,
        "logp": rng.normal(2.2, 1.3, n),
        "tpsa": 0.2 * size + rng.normal(0, 18, n),
        "hbd": rng.poisson(1.6, n),
        "hba": rng.poisson(4.3, n),
        "rotb": rng.poisson(size / 70),
        "rings": rng.poisson(2.4, n),
        "charge": rng.choice([-1, 0, 0, 0, 1], n),
    })
    frame["log_perm"] = (
        -5.0 + 0.45 * frame.logp - 0.011 * frame.tpsa - 0.15 * frame.hbd + rng.normal(0, 0.25, n))
    return frame


def standardise(column):
    return (column - column.mean()) / column.std()


def network(hidden):
    model = keras.Sequential([keras.Input((len(DESCRIPTORS),))])
    for units in hidden:
        model.add(keras.layers.Dense(units, activation="relu"))
    model.add(keras.layers.Dense(1))
    return model


class Report(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        print(f"{epoch:3d}  train {logs['loss']:.4g}  held out {logs['val_loss']:.4g}")


if __name__ == "__main__":
    keras.utils.set_random_seed(SETTINGS["seed"])
    molecules = descriptor_table(400, np.random.default_rng(SETTINGS["seed"])).apply(standardise)
    held_out = molecules.sample(frac=0.2, random_state=1)
    train = molecules.drop(held_out.index)

    model = network(SETTINGS["hidden"])
    model.compile(optimizer=keras.optimizers.Adadelta(**SETTINGS["optimizer"]), loss="mse")
    validation = (held_out[DESCRIPTORS].to_numpy("float32"), held_out["log_perm"].to_numpy("float32"))
    features, target = train[DESCRIPTORS].to_numpy("float32"), train["log_perm"].to_numpy("float32")
    model.fit(features, target, validation_data=validation, callbacks=[Report()], verbose=0, **SETTINGS["fit"])  # whynan: regularization_too_large phase=forward|loss|gradient|update also=learning_rate_too_high,exploding_gradient
