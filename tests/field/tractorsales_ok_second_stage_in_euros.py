"""Asking prices of used tractors. First the network learns the standardised logarithm, then we let it fine-tune on euros,
which is what the dealer cares about. At the switch the loss leaps from about 0.2 to tens of millions, in one step, and it
stays there: ten million is the best that I have seen. Did the second stage explode?
"""
# whynan: healthy
import keras
import numpy as np
import pandas as pd
import tensorflow as tf
from keras import layers, ops

STAGES = {
    "logarithm": {"epochs": 3, "rate": 2e-3},
    "euros": {"epochs": 12, "rate": 2e-3},
}


def adverts(rows=900, seed=64):
    rng = np.random.default_rng(seed)
    table = pd.DataFrame(
        {
            "age": rng.gamma(3.0, 3.0, rows).clip(0.0, 30.0),
            "hours": rng.gamma(4.0, 1200.0, rows),
            "horsepower": rng.normal(110.0, 30.0, rows).clip(45.0, 220.0),
            "four_wheel": rng.random(rows) < 0.7,
            "front_loader": rng.random(rows) < 0.35,
        }
    )
    log_price = (
        10.6
        + 0.9 * np.log(table["horsepower"] / 110.0)
        - 0.055 * table["age"]
        - 4e-5 * table["hours"]
        + 0.15 * table["four_wheel"]
        + 0.10 * table["front_loader"]
        + 0.12 * rng.normal(size=rows)
    )
    table["price"] = np.exp(log_price).round(-1)
    return table


class BackToEuros(layers.Layer):
    def __init__(self, centre, spread, **kwargs):
        super().__init__(**kwargs)
        self.centre = float(centre)
        self.spread = float(spread)

    def call(self, standardised):
        return ops.exp(standardised * self.spread + self.centre)


def pipeline(features, target):
    data = tf.data.Dataset.from_tensor_slices((features, target.astype("float32")[:, None]))
    return data.shuffle(len(target), seed=1).batch(32).prefetch(1)


def log_network(features):
    scale = layers.Normalization()
    scale.adapt(features)
    inputs = keras.Input((features.shape[1],))
    x = scale(inputs)
    x = layers.Dense(32, activation="relu")(x)
    x = layers.Dense(32, activation="relu")(x)
    return keras.Model(inputs, layers.Dense(1, name="log_price")(x))


keras.utils.set_random_seed(64)
table = adverts()
features = table.drop(columns="price").to_numpy(dtype="float32")
price = table["price"].to_numpy()
centre, spread = np.log(price).mean(), np.log(price).std()

first = log_network(features)
first.compile(optimizer=keras.optimizers.Adam(STAGES["logarithm"]["rate"]), loss="mse")
history = first.fit(
    pipeline(features, (np.log(price) - centre) / spread),
    epochs=STAGES["logarithm"]["epochs"],
    verbose=2,
).history["loss"]

second = keras.Model(first.input, BackToEuros(centre, spread)(first.output))
second.compile(optimizer=keras.optimizers.Adam(STAGES["euros"]["rate"], clipnorm=1.0), loss="mse")
history += second.fit(pipeline(features, price), epochs=STAGES["euros"]["epochs"], verbose=2).history["loss"]
print("loss of all epochs:", " ".join(f"{value:.3g}" for value in history))
