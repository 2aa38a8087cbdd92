"""Charging plan for a bus depot under a transformer limit, Lagrange multiplier learned along the way.

A linear policy proposes 24 hourly powers (per unit of the transformer rating). It should stay near the wish of the
timetable, the excess over the rating is priced with a multiplier that is updated after every step. For some dozens of
steps it looks sensible, the objective even turns negative, then it runs away and ends in nan. Smaller steps only delay it.
"""
import dataclasses

import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(41)


@dataclasses.dataclass
class Depot:
    rating: float = 1.0
    hours: int = 24
    buses: int = 30
    seed: int = 41

    def days(self, n):
        rng = np.random.default_rng(self.seed)
        hour = np.arange(self.hours)
        night = np.exp(-0.5 * (((hour - 2 + 12) % 24 - 12) / 2.5) ** 2)
        noon = np.exp(-0.5 * ((hour - 13) / 1.5) ** 2)
        cold = rng.uniform(0.0, 1.0, (n, 1))
        yesterday = (0.25 + 1.0 * night + 0.45 * noon) * (0.9 + 0.3 * cold) + rng.normal(0.0, 0.05, (n, self.hours))
        wish = 0.97 * yesterday + 0.03 * np.roll(yesterday, 1, axis=1) + rng.normal(0.0, 0.03, (n, self.hours))
        weekend = (np.arange(n) % 7 >= 5).astype("float64")[:, None]
        x = np.concatenate([yesterday, cold, weekend], axis=1)
        return x.astype("float32"), (wish * (1.0 - 0.2 * weekend)).astype("float32")


class ConstrainedPlanner:
    def __init__(self, depot, rate=0.05, dual_rate=5.0):
        self.depot = depot
        self.policy = keras.Sequential([keras.Input((depot.hours + 2,)), keras.layers.Dense(depot.hours)])
        self.optimizer = keras.optimizers.SGD(rate)
        self.optimizer.build(self.policy.trainable_variables)
        self.dual_rate = dual_rate
        self.multiplier = tf.Variable(0.0, trainable=False, name="price_of_excess")

    def excess(self, plan):
        return tf.nn.relu(plan - self.depot.rating)

    def objective(self, plan, wish):
        return tf.reduce_mean(tf.square(plan - wish)) + self.multiplier * tf.reduce_mean(tf.square(self.excess(plan)))

    @tf.function
    def step(self, x, wish):
        with tf.GradientTape() as tape:
            value = self.objective(self.policy(x, training=True), wish)
        variables = self.policy.trainable_variables
        self.optimizer.apply_gradients(zip(tape.gradient(value, variables), variables))
        # dual update
        violation = tf.reduce_mean(tf.square(self.excess(self.policy(x))))  # whynan: wrong_sign_loss phase=loss|update also=exploding_gradient
        self.multiplier.assign_sub(self.dual_rate * violation)
        return value

    def fit(self, x, wish, epochs, batch=28):
        days = tf.data.Dataset.from_tensor_slices((x, wish)).shuffle(len(x), seed=2).batch(batch)
        for epoch in range(epochs):
            values = [float(self.step(*part)) for part in days]
            print(f"epoch {epoch + 1:2d}  objective {np.mean(values):.4g}  price {self.multiplier.numpy():.4g}")


depot = Depot()
x, wish = depot.days(364)
print("largest wish:", wish.max().round(2), "of the rating")
ConstrainedPlanner(depot).fit(x, wish, epochs=20)
