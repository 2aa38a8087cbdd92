"""Herring gull or lesser black-backed gull, trained on the Brier score with my own step.

The score should go towards 0. It begins at about 0.25 and climbs past 0.8, and nearly every
bird gets the wrong name. With a smaller rate it climbs more slowly.
"""
# whynan: unstable
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(52)


class GullModel(keras.Model):
    rate = 1.0

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.brier_mean = keras.metrics.Mean(name="loss")
        self.right = keras.metrics.BinaryAccuracy(name="right")

    @property
    def metrics(self):
        return [self.brier_mean, self.right]

    def train_step(self, data):
        x, species = data
        with tf.GradientTape() as tape:
            chance = self(x, training=True)
            brier = tf.reduce_mean(tf.square(chance - species))
        weights = self.trainable_variables
        slopes = tape.gradient(brier, weights)
        for weight, slope in zip(weights, slopes):
            weight.assign_add(self.rate * slope)
        self.brier_mean.update_state(brier)
        self.right.update_state(species, chance)
        return {m.name: m.result() for m in self.metrics}


def ringed_birds(n):
    rng = np.random.default_rng(52)
    fuscus = rng.integers(0, 2, n)
    wing = rng.normal(435, 14, n) - 16 * fuscus
    bill = rng.normal(54, 3, n) - 3 * fuscus
    mass = rng.normal(1050, 90, n) - 240 * fuscus
    mantle = rng.normal(5, 0.8, n) + 5 * fuscus  # Kodak grey scale
    x = np.stack([wing, bill, mass, mantle], axis=1)
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    return x.astype("float32"), fuscus.astype("float32")[:, None]


x, fuscus = ringed_birds(800)

inputs = keras.Input((4,))
hidden = keras.layers.Dense(12, activation="tanh")(inputs)
chance = keras.layers.Dense(1, activation="sigmoid")(hidden)
model = GullModel(inputs, chance)
model.compile()

history = model.fit(x, fuscus, batch_size=32, epochs=12, verbose=2)
print("Brier score by epoch:", [round(float(v), 3) for v in history.history["loss"]])
