"""Diesel per trip of the dump trucks in our quarry.

Before we rent the cluster I imitate it on one machine: eight workers compute gradients, a parameter server applies them
in the order in which they come in. A single worker (WORKERS = 1) with exactly the same learning rate converges in a
minute; with eight workers the loss oscillates, each swing larger than the one before, and in the end it is inf.
"""
from collections import deque

import keras
import numpy as np
import tensorflow as tf
from sklearn.preprocessing import PolynomialFeatures, StandardScaler

keras.utils.set_random_seed(21)

WORKERS = 8
STEPS = 700
BATCH = 256
LEARNING_RATE = 0.1


def simulate_trips(n, rng):
    payload = rng.normal(32.0, 6.0, n).clip(8.0, 50.0)  # tonnes
    distance = rng.gamma(9.0, 0.45, n)  # km, one way
    climb = rng.normal(90.0, 22.0, n).clip(5.0, None)  # metres
    age = rng.uniform(3.0, 12.0, n)  # years
    air = rng.normal(18.0, 5.0, n)  # degrees
    queueing = rng.gamma(8.0, 0.8, n)  # minutes at the shovel
    litres = (
        0.9 * distance
        + 0.028 * payload * distance
        + 0.0016 * payload * climb
        + 0.05 * age * distance
        + 0.07 * queueing
        + 0.002 * (air - 20.0) ** 2
        + rng.normal(0.0, 0.4, n)
    )
    return np.column_stack([payload, distance, climb, age, air, queueing]), litres


def prepare(raw, litres):
    """Physics says that products matter, hence all terms up to degree two, each with mean 0 and spread 1."""
    terms = PolynomialFeatures(degree=2, include_bias=False).fit_transform(raw)
    terms = StandardScaler().fit_transform(terms).astype("float32")
    target = ((litres - litres.mean()) / litres.std()).astype("float32")
    return terms, target[:, None]


terms, target = prepare(*simulate_trips(4096, np.random.default_rng(21)))
batches = iter(
    tf.data.Dataset.from_tensor_slices((terms, target))
    .shuffle(4096, seed=21)
    .repeat()
    .batch(BATCH, drop_remainder=True)
)

model = keras.Sequential([keras.Input((terms.shape[1],)), keras.layers.Dense(1, name="litres")])
server = keras.optimizers.SGD(learning_rate=LEARNING_RATE)
server.build(model.trainable_variables)
loss_fn = keras.losses.MeanSquaredError()


@tf.function
def worker(x, y):
    """What one worker does with the weights that it has just fetched."""
    with tf.GradientTape() as tape:
        loss = loss_fn(y, model(x, training=True))  # whynan: learning_rate_too_high phase=loss|gradient|update also=exploding_gradient,stale_gradient
    return loss, tape.gradient(loss, model.trainable_variables)


on_the_wire = deque()
for step in range(STEPS):
    loss, gradients = worker(*next(batches))
    on_the_wire.append(gradients)
    if len(on_the_wire) == WORKERS:
        oldest = on_the_wire.popleft()
        server.apply_gradients(zip(oldest, model.trainable_variables))
    if step % 50 == 0:
        print(f"step {step:4d}  loss {float(loss):.4g}")

print("coefficients:", np.round(model.get_weights()[0].ravel()[:6], 3))
