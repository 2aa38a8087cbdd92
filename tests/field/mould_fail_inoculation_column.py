"""Diameter of mould colonies on agar plates: d = rate * age ** p, with the rate from a small network.

Every plate was photographed after it was inoculated (I checked with an assert), so the age is always positive.
Nevertheless the loss prints nan from step 0. I add a small number to the age to be safe.
"""
import keras
import numpy as np
import pandas as pd
import tensorflow as tf

keras.utils.set_random_seed(12)
rng = np.random.default_rng(12)

CONDITIONS = ["temperature", "water_activity", "ph"]


def plate_book(n=400):
    book = pd.DataFrame(
        {
            "temperature": rng.uniform(12, 34, n),
            "water_activity": rng.uniform(0.88, 0.995, n),
            "ph": rng.uniform(4.0, 7.5, n),
            "inoculated_h": rng.uniform(0, 240, n).round(1),
        }
    )
    book["photographed_h"] = book["inoculated_h"] + rng.uniform(12, 96, n).round(1)
    age = (book["photographed_h"] - book["inoculated_h"]) / 24
    rate = 6.0 * np.exp(-(((book["temperature"] - 25) / 9) ** 2)) * (book["water_activity"] - 0.86) / 0.12
    book["diameter_mm"] = rate * age**0.9 + rng.normal(0, 0.3, n)
    assert (age > 0).all()
    return book


def to_tensors(book):
    z = (book[CONDITIONS] - book[CONDITIONS].mean()) / book[CONDITIONS].std()
    return {
        "conditions": z.to_numpy("float32"),
        "start": book[["inoculated_h"]].to_numpy("float32") / 24.0,
        "seen": book["photographed_h"].to_numpy("float32") / 24.0,
        "diameter": book["diameter_mm"].to_numpy("float32"),
    }


class Colony:
    def __init__(self):
        self.rate_net = keras.Sequential(
            [
                keras.Input((len(CONDITIONS),)),
                keras.layers.Dense(16, activation="tanh"),
                keras.layers.Dense(1, activation="softplus"),
            ]
        )
        self.power = keras.Variable(0.8, dtype="float32", name="power")

    @property
    def variables(self):
        return self.rate_net.trainable_variables + [self.power]

    def diameter(self, batch):
        rate = tf.squeeze(self.rate_net(batch["conditions"]), -1)
        age = batch["seen"] - batch["start"]
        return rate * (age + 1e-6) ** self.power  # whynan: pow_domain phase=forward|loss


def main():
    data = tf.data.Dataset.from_tensor_slices(to_tensors(plate_book()))
    data = data.shuffle(400, seed=3).batch(20)
    colony = Colony()
    optimizer = keras.optimizers.Adam(5e-3)
    step = 0
    for epoch in range(4):
        for batch in data:
            with tf.GradientTape() as tape:
                loss = tf.reduce_mean(tf.square(colony.diameter(batch) - batch["diameter"]))
            grads = tape.gradient(loss, colony.variables)
            optimizer.apply_gradients(zip(grads, colony.variables))
            if step % 10 == 0:
                print(f"step {step:3d}  mse {float(loss):.4f}")
            step += 1


main()
