"""Housing allowance: days until a decision, with the extra demand that no office is judged worse.

Trained on applications up to the end of 2023, tested on 2024. Without the second term of the
loss all is well, with it the loss is nan in the very first step. The batches are large
on purpose, so that the small offices have enough rows in each of them.
"""
import tempfile
from pathlib import Path

import keras
import numpy as np
import pandas as pd
import tensorflow as tf

FAIRNESS = 0.5
OFFICES = ["Centre", "North", "Riverside", "Heath"]


def write_applications(path, n=900):
    rng = np.random.default_rng(77)
    received = pd.Timestamp("2022-01-03") + pd.to_timedelta(np.sort(rng.integers(0, 850, n)), unit="D")
    office = rng.choice(OFFICES, n, p=[0.45, 0.25, 0.18, 0.12])
    moved = np.asarray(received >= pd.Timestamp("2024-02-01")) & (rng.random(n) < 0.4)
    office = np.where(moved, "Harbour", office)
    pages = rng.poisson(14, n) + 3
    household = rng.integers(1, 7, n)
    income = rng.gamma(6.0, 280.0, n)
    kind = rng.choice(["first", "renewal", "change"], n, p=[0.3, 0.5, 0.2])
    slow = pd.Series(office).map(
        {"Centre": 9.0, "North": 3.0, "Riverside": 0.0, "Heath": 5.0, "Harbour": 1.0}).to_numpy()
    days = 18.0 + slow + 0.8 * pages + 2.0 * household + 8.0 * (kind == "first") + rng.gamma(2.0, 3.0, n)
    pd.DataFrame({
        "received": received, "office": office, "kind": kind, "pages": pages,
        "household": household, "income": income.round(2), "days": days.round(),
    }).to_csv(path, sep=";", decimal=",", index=False)


def read_applications(path):
    frame = pd.read_csv(path, sep=";", decimal=",", parse_dates=["received"])
    codes, names = pd.factorize(frame["office"])
    frame["office_id"] = codes
    frame = pd.concat([frame, pd.get_dummies(frame["kind"], prefix="kind", dtype="float32")], axis=1)
    inputs = ["pages", "household", "income"] + [c for c in frame if c.startswith("kind_")]
    train = frame[frame["received"] < "2024-01-01"]
    test = frame[frame["received"] >= "2024-01-01"]
    mean, std = train[inputs].mean(), train[inputs].std()

    def arrays(part):
        x = ((part[inputs] - mean) / std).to_numpy("float32")
        y = ((part["days"] - 45.0) / 10.0).to_numpy("float32")
        return x, y, part["office_id"].to_numpy("int32")

    return arrays(train), arrays(test), list(names)


class EvenHandedModel:
    def __init__(self, n_inputs, n_offices):
        self.n_offices = n_offices
        self.net = keras.Sequential([
            keras.Input((n_inputs,)),
            keras.layers.Dense(32, activation="silu"),
            keras.layers.Dense(16, activation="silu"),
            keras.layers.Dense(1),
        ])
        self.optimizer = keras.optimizers.Adam(3e-3)
        self.optimizer.build(self.net.trainable_variables)

    def bias_of(self, residual, office, number):
        own = tf.boolean_mask(residual, tf.equal(office, number))
        return tf.reduce_mean(own)  # whynan: empty_reduction phase=loss also=divide_by_zero

    @tf.function
    def step(self, x, y, office):
        with tf.GradientTape() as tape:
            residual = y - tf.squeeze(self.net(x, training=True), axis=-1)
            biases = tf.stack([self.bias_of(residual, office, k) for k in range(self.n_offices)])
            loss = tf.reduce_mean(tf.square(residual)) + FAIRNESS * tf.math.reduce_variance(biases)
        grads = tape.gradient(loss, self.net.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.net.trainable_variables))
        return loss

    def train(self, x, y, office, epochs, size=128):
        data = tf.data.Dataset.from_tensor_slices((x, y, office))
        data = data.shuffle(len(x), seed=2).batch(size, drop_remainder=True)
        for epoch in range(epochs):
            losses = [float(self.step(*batch)) for batch in data]
            print(f"epoch {epoch + 1}: loss {np.mean(losses):.4f}")


def main():
    keras.utils.set_random_seed(9)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "applications.csv"
        write_applications(path)
        train, test, names = read_applications(path)
    print(len(train[0]), "for training,", len(test[0]), "for the test, offices:", names)

    model = EvenHandedModel(train[0].shape[1], len(names))
    model.train(*train, epochs=6)
    guess = model.net.predict(test[0], verbose=0)[:, 0]
    print("mean absolute error in days:", 10.0 * np.mean(np.abs(guess - test[1])))


main()
