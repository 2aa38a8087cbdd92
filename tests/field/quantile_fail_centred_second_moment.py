# My port of Graves' RMSprop (the centred one) for the electricity quantile model.
# Runs nicely for ~400 iterations, then all is nan. Learning rate 1e-3, can't be that?
import numpy as np
import tensorflow as tf
import keras
from keras import ops

keras.utils.set_random_seed(21)


class GravesRMSprop(keras.optimizers.Optimizer):
    def __init__(self, learning_rate=1e-3, rho=0.97, epsilon=1e-7, name="graves", **kwargs):
        super().__init__(learning_rate=learning_rate, name=name, **kwargs)
        self.rho = rho
        self.epsilon = epsilon

    def build(self, variables):
        if self.built:
            return
        super().build(variables)
        self.first = [self.add_variable_from_reference(v, name="first") for v in variables]
        self.second = [self.add_variable_from_reference(v, name="second") for v in variables]

    def update_step(self, gradient, variable, learning_rate):
        slot = self._get_variable_index(variable)
        first, second = self.first[slot], self.second[slot]
        self.assign(first, self.rho * first + (1 - self.rho) * gradient)
        self.assign(second, self.rho * second + (1 - self.rho) * ops.square(gradient))
        self.assign_sub(variable, learning_rate * gradient / self.spread(first, second))

    def spread(self, first, second):
        variance = second - ops.square(first)
        return ops.sqrt(variance + self.epsilon)  # whynan: catastrophic_cancellation phase=update also=sqrt_of_negative


def pinball(y, q, tau=0.9):
    diff = y - q
    return tf.reduce_sum(tf.maximum(tau * diff, (tau - 1.0) * diff))


def load(n=256, features=12):
    rng = np.random.default_rng(21)
    x = rng.uniform(0, 1, (n, features)).astype("float32")          # min-max scaled calendar + weather
    kwh = 40000 + 3000 * x[:, :1] - 2500 * x[:, 3:4] + rng.normal(0, 400, (n, 1))
    return x, kwh.astype("float32")


x, y = map(tf.constant, load())
model = keras.Sequential([keras.Input((12,)), keras.layers.Dense(1)])
optimizer = GravesRMSprop()
optimizer.build(model.trainable_variables)


@tf.function
def iteration():
    with tf.GradientTape() as tape:
        value = pinball(y, model(x, training=True))
    optimizer.apply(tape.gradient(value, model.trainable_variables), model.trainable_variables)
    return value


for it in range(600):
    value = iteration()
    if it % 50 == 0:
        print(it, float(value))
