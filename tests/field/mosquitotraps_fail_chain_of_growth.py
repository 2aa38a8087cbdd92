"""Seasonal curve of the mosquito traps, from the weather of early spring and the surroundings of the trap.

For each of four species the network gives a weekly growth rate; the rates are added up from week to week and turned
into the catch.  Growth as a rate keeps the catch positive, and because a colleague warned me of silly catches in the
first steps I also cut the curve at a million.  The first printed loss is a normal number, all later ones are nan.
"""
import numpy as np
import tensorflow as tf

SPECIES, WEEKS, TRAPS = 4, 24, 384
SETTINGS = dict(units=48, rate=1e-3, batch=48, epochs=4, largest_catch=1e6)


def trap_table(rng):
    temperature = rng.normal(283.5, 2.5, TRAPS)          # K, mean of March
    pressure = rng.normal(1008.0, 9.0, TRAPS)            # hPa
    rain = rng.gamma(4.0, 18.0, TRAPS)                   # mm
    elevation = rng.gamma(2.0, 140.0, TRAPS)             # m
    water = rng.gamma(1.2, 1800.0, TRAPS)                # m2 of standing water within 500 m
    coast = rng.uniform(200.0, 60000.0, TRAPS)           # m to the coast
    surroundings = np.stack([temperature, pressure, rain, elevation, water, coast], axis=1)

    week = np.arange(WEEKS)[None, None, :]
    peak = np.array([9.0, 12.0, 15.0, 10.0])[None, :, None] - 0.5 * (temperature - 283.5)[:, None, None]
    size = np.array([220.0, 480.0, 60.0, 25.0])[None, :, None] * (0.3 + water / 3000.0)[:, None, None]
    mean = size * np.exp(-0.5 * ((week - peak) / 4.0) ** 2)
    catch = rng.poisson(mean)
    return surroundings.astype("float32"), catch.astype("float32")


class SeasonCurve(tf.keras.Model):
    def __init__(self, units, largest_catch):
        super().__init__()
        self.first = tf.keras.layers.Dense(units, activation="relu")
        self.second = tf.keras.layers.Dense(units, activation="relu")
        self.growth = tf.keras.layers.Dense(SPECIES * WEEKS)
        self.largest_catch = largest_catch

    def call(self, inputs):
        surroundings, first_catch = inputs
        h = self.second(self.first(surroundings))
        growth = tf.reshape(self.growth(h), (-1, SPECIES, WEEKS))
        level = tf.cumsum(growth, axis=-1)
        curve = tf.exp(level)  # whynan: exp_overflow phase=forward|gradient also=unscaled_input,clip_misuse,where_gradient_trap
        return tf.minimum(first_catch[:, :, None] * curve, self.largest_catch)


class Trainer:
    def __init__(self, model, rate):
        self.model = model
        self.optimizer = tf.keras.optimizers.Adam(rate)

    @tf.function
    def step(self, surroundings, catch):
        start = tf.maximum(catch[:, :, 0], 1.0)
        with tf.GradientTape() as tape:
            curve = self.model((surroundings, start))
            error = tf.math.log1p(curve) - tf.math.log1p(catch)
            loss = tf.reduce_mean(tf.square(error))
        gradients = tape.gradient(loss, self.model.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.model.trainable_variables))
        return loss

    def epoch(self, dataset, number):
        for position, (surroundings, catch) in enumerate(dataset):
            loss = self.step(surroundings, catch)
            if position % 4 == 0:
                print(f"epoch {number} batch {position}: loss {float(loss):.4f}")


def main():
    tf.keras.utils.set_random_seed(12)
    surroundings, catch = trap_table(np.random.default_rng(12))
    dataset = tf.data.Dataset.from_tensor_slices((surroundings, catch)).shuffle(TRAPS, seed=3)
    dataset = dataset.batch(SETTINGS["batch"])

    model = SeasonCurve(SETTINGS["units"], SETTINGS["largest_catch"])
    trainer = Trainer(model, SETTINGS["rate"])
    for number in range(SETTINGS["epochs"]):
        trainer.epoch(dataset, number)

    expected = model((surroundings[:3], np.maximum(catch[:3, :, 0], 1.0))).numpy()
    print("sum of the season of three traps:", expected.sum(axis=(1, 2)))


if __name__ == "__main__":
    main()
