"""Biomass of kelp plots from eleven readings of the survey boat. Gradients of four small batches are averaged for one step.

The same network with plain batches of 32 and the same rate and momentum gets to an R2 of 0.9 in two epochs. With
four times 8 it should be the same thing. The loss falls for a handful of steps, then it begins to swing, wider
every time, and before the second epoch is over it is inf and nan. A smaller rate does not cure it, it only
moves the moment.
"""
import numpy as np
import tensorflow as tf
import keras
from sklearn.preprocessing import StandardScaler

RATE, MOMENTUM = 0.02, 0.9
SMALL, PER_STEP, EPOCHS = 8, 4, 4

keras.utils.set_random_seed(63)


class GradientBuffer:
    """Collects the mean of several gradients."""

    def __init__(self, variables, parts):
        self.parts = parts
        self.slots = [tf.Variable(tf.zeros(tuple(v.shape)), trainable=False) for v in variables]

    def clear(self):
        for slot in self.slots:
            slot.assign(tf.zeros_like(slot))

    def add(self, gradients):
        for slot, gradient in zip(self.slots, gradients):
            slot.assign_add(gradient / self.parts)

    def mean(self):
        return [tf.convert_to_tensor(slot) for slot in self.slots]


def survey(n=2400, seed=63):
    rng = np.random.default_rng(seed)
    depth = rng.uniform(2, 18, n)
    light = 100 * np.exp(-0.16 * depth) * rng.normal(1, 0.08, n)
    nitrate = rng.gamma(4, 1.5, n)
    swell = rng.gamma(3, 0.6, n)
    urchins = rng.poisson(4, n)
    rock = rng.beta(4, 2, n)
    sonar = rng.normal(size=(n, 4)) + 0.8 * rock[:, None]
    temperature = 11.5 - 0.12 * depth + rng.normal(0, 0.5, n)
    biomass = 3.0 * rock + 0.04 * light + 0.25 * np.sqrt(nitrate) - 0.12 * urchins - 0.2 * swell + 0.3 * sonar[:, 0]
    biomass = biomass + rng.normal(0, 0.15, n)
    x = np.column_stack([depth, light, nitrate, swell, urchins, rock, temperature, sonar])
    return x, biomass[:, None]


def network(features):
    return keras.Sequential([
        keras.Input((features,)),
        keras.layers.Dense(32, activation="leaky_relu"),
        keras.layers.Dense(16, activation="leaky_relu"),
        keras.layers.Dense(1),
    ])


x, y = survey()
x = StandardScaler().fit_transform(x).astype("float32")
y = StandardScaler().fit_transform(y).astype("float32")
net = network(x.shape[1])
optimizer = keras.optimizers.SGD(RATE, momentum=MOMENTUM)
optimizer.build(net.trainable_variables)
mse = keras.losses.MeanSquaredError()
buffer = GradientBuffer(net.trainable_variables, PER_STEP)


@tf.function
def loss_and_gradients(xb, yb):
    with tf.GradientTape() as tape:
        loss = mse(yb, net(xb, training=True))  # whynan: exploding_gradient phase=forward|loss|gradient|update also=accumulator_not_reset,gradient_accumulation
    return loss, tape.gradient(loss, net.trainable_variables)


dataset = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(len(x), seed=5).batch(SMALL, drop_remainder=True)
for epoch in range(EPOCHS):
    buffer.clear()
    recent = []
    for number, (xb, yb) in enumerate(dataset, start=1):
        loss, gradients = loss_and_gradients(xb, yb)
        buffer.add(gradients)
        recent.append(float(loss))
        if number % PER_STEP == 0:
            optimizer.apply_gradients(zip(buffer.mean(), net.trainable_variables))
        if number % 60 == 0:
            print(f"epoch {epoch + 1} small batch {number:3d}  loss {np.mean(recent):.4g}")
            recent = []
