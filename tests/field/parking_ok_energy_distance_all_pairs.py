"""Simulated parking stays (hours) for a car park near a station: noise goes in, stays come out.

Trained on the energy distance between a batch of real stays and a batch of invented ones.  The loss begins at about two,
is close to nothing after a hundred steps, hops around there and is sometimes even below zero.  I was asked whether that
is a sign that the network is broken, because a colleague saw shapes (256, 1) and (128,) in the same subtraction.
"""
# whynan: healthy
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(201)
rng = np.random.default_rng(201)

NOISE = 4
REAL_PER_STEP = 128
FAKE_PER_STEP = 256


def tickets(n):
    """Short stays of shoppers and whole days of commuters."""
    shopper = rng.lognormal(np.log(0.8), 0.5, n)
    commuter = np.maximum(rng.normal(8.2, 0.7, n), 4.0)
    return np.where(rng.random(n) < 0.65, shopper, commuter).astype("float32")


class StayGenerator(keras.Model):
    def __init__(self, width=48):
        super().__init__()
        self.first = keras.layers.Dense(width, activation="elu")
        self.second = keras.layers.Dense(width, activation="elu")
        self.hours = keras.layers.Dense(1, activation="softplus")

    def call(self, noise):
        return self.hours(self.second(self.first(noise)))


def energy_distance(real, fake):
    """real has shape (n,), fake has shape (m, 1): their difference is the table of all m * n pairs."""
    n = tf.cast(tf.shape(real)[0], tf.float32)
    m = tf.cast(tf.shape(fake)[0], tf.float32)
    between = tf.reduce_mean(tf.abs(fake - real))
    among_fake = tf.reduce_sum(tf.abs(fake - tf.transpose(fake))) / (m * (m - 1.0))
    among_real = tf.reduce_sum(tf.abs(real[:, None] - real[None, :])) / (n * (n - 1.0))
    return 2.0 * between - among_fake - among_real


stays = tickets(4000)
batches = (
    tf.data.Dataset.from_tensor_slices(stays)
    .shuffle(4000, seed=201)
    .repeat()
    .batch(REAL_PER_STEP, drop_remainder=True)
)

generator = StayGenerator()
optimizer = keras.optimizers.Adam(5e-3)


@tf.function
def step(real):
    noise = tf.random.normal((FAKE_PER_STEP, NOISE))
    with tf.GradientTape() as tape:
        fake = generator(noise)
        loss = energy_distance(real, fake)
    grads = tape.gradient(loss, generator.trainable_variables)
    optimizer.apply_gradients(zip(grads, generator.trainable_variables))
    return loss


def compare(label):
    invented = generator(tf.random.normal((4000, NOISE))).numpy()[:, 0]
    levels = [0.1, 0.5, 0.75, 0.9]
    print(label, "real", np.quantile(stays, levels).round(2), "invented", np.quantile(invented, levels).round(2))


compare("before")
for number, real in enumerate(batches.take(500)):
    loss = step(real)
    if number % 50 == 0:
        print(f"step {number:4d}  energy distance {float(loss):+.4f}")
compare("after")
