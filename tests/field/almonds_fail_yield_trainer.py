"""One trainer for all orchard models. This run: almond yield per tree (g of kernels)."""
import keras
import numpy as np
from keras import layers

LOSSES = {
    "mse": keras.losses.MeanSquaredError(),
    "mae": keras.losses.MeanAbsoluteError(),
    "bce": keras.losses.BinaryCrossentropy(from_logits=True),
}

OPTIMIZERS = {
    "adam": keras.optimizers.Adam,
    "sgd": keras.optimizers.SGD,
}

BASE = {
    "seed": 3,
    "hidden": 32,
    "optimizer": "sgd",
    "optimizer_args": {"learning_rate": 0.01},
    "loss": "bce",
    "batch_size": 32,
    "epochs": 10,
    "n_trees": 960,
}

JOBS = {
    "yield": {**BASE, "target": "kernel_g", "name": "almond_yield"},
}


def orchard(n, rng):
    age = rng.uniform(4, 25, n)
    water = rng.normal(7.0, 1.2, n)
    nitrogen = rng.normal(180, 35, n)
    bees = rng.uniform(0, 1, n)
    frost_nights = rng.poisson(1.5, n)
    spacing = rng.choice([5.0, 6.0, 7.0], n)
    vigour = 0.6 * bees + 0.08 * (water - 7) - 0.1 * frost_nights + 0.02 * (age - 12)
    kernel_g = np.clip(220 + 90 * vigour + rng.normal(0, 20, n), 40, 480)
    features = np.column_stack([age, water, nitrogen, bees, frost_nights, spacing])
    targets = {"kernel_g": kernel_g, "bitter": (rng.random(n) < 0.05).astype(float)}
    return features.astype("float32"), targets


class Scaler:
    def fit(self, x):
        self.mu, self.sd = x.mean(axis=0), x.std(axis=0)
        return self

    def transform(self, x):
        return (x - self.mu) / self.sd


class LossHistory(keras.callbacks.Callback):
    def on_train_begin(self, logs=None):
        self.values = []

    def on_epoch_end(self, epoch, logs=None):
        self.values.append(logs["loss"])
        print(f"{self.model.name} epoch {epoch + 1}: {logs['loss']:.5g}")


def make_model(n_features, job):
    inputs = keras.Input((n_features,))
    h = layers.Dense(job["hidden"], activation="relu", name="hidden")(inputs)
    outputs = layers.Dense(1, name="output")(h)
    model = keras.Model(inputs, outputs, name=job["name"])
    model.compile(
        optimizer=OPTIMIZERS[job["optimizer"]](**job["optimizer_args"]),
        loss=LOSSES[job["loss"]],
    )
    return model


def run_job(job):
    keras.utils.set_random_seed(job["seed"])
    x, targets = orchard(job["n_trees"], np.random.default_rng(job["seed"]))
    y = targets[job["target"]].astype("float32")[:, None]
    x = Scaler().fit(x).transform(x)
    model = make_model(x.shape[1], job)
    history = LossHistory()
    model.fit(x, y, batch_size=job["batch_size"], epochs=job["epochs"], callbacks=[history], verbose=0)  # whynan: wrong_loss_for_task phase=loss|forward also=label_not_in_unit_interval
    return model, history.values


if __name__ == "__main__":
    for name, job in JOBS.items():
        _, losses = run_job(job)
        print(name, losses)
