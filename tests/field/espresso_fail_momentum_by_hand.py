"""Extraction yield of an espresso machine, trained with momentum written out by hand (for a workshop on optimizers).

I expected it to be slower than the built-in SGD. Instead the error gets larger from one epoch to the next, also with
smaller rates, and after a while it says inf and then nan.
"""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(18)
RATE, MOMENTUM, BATCH, EPOCHS = 0.05, 0.9, 32, 20


def shots(n=640, seed=4):
    rng = np.random.default_rng(seed)
    grind = rng.normal(0, 1, n)
    dose = rng.normal(18, 0.6, n)
    celsius = rng.normal(93, 1.2, n)
    seconds = 27 - 3.0 * grind + rng.normal(0, 2, n)
    extraction = 19.5 + 0.16 * (seconds - 27) - 0.7 * grind + 0.3 * (celsius - 93) - 0.5 * (dose - 18)
    table = np.stack([grind, dose, celsius, seconds], axis=1)
    table = (table - table.mean(0)) / table.std(0)
    target = (extraction - extraction.mean()) / extraction.std() + rng.normal(0, 0.1, n)
    return table.astype("float32"), target.astype("float32")


class HeavyBall:
    def __init__(self, variables, rate, momentum):
        self.variables = variables
        self.rate, self.momentum = rate, momentum
        self.speed = [tf.zeros(v.shape) for v in variables]

    def step(self, grads):
        for i, (variable, grad) in enumerate(zip(self.variables, grads)):
            self.speed[i] = self.momentum * self.speed[i] - self.rate * grad
            variable.assign_sub(self.speed[i])


net = keras.Sequential([keras.Input((4,)), keras.layers.Dense(24, activation="tanh"), keras.layers.Dense(1)])
ball = HeavyBall(net.trainable_variables, RATE, MOMENTUM)
table, target = shots()
rng = np.random.default_rng(0)

for epoch in range(EPOCHS):
    order = rng.permutation(len(table))
    seen = []
    for start in range(0, len(order), BATCH):
        take = order[start:start + BATCH]
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(net(table[take])[:, 0] - target[take]))  # whynan: wrong_sign_loss phase=forward|loss|gradient|update also=exploding_gradient
        ball.step(tape.gradient(loss, net.trainable_variables))
        seen.append(float(loss))
    print(f"epoch {epoch + 1:2d}  mse {np.mean(seen):.4g}")
