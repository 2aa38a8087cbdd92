"""Delivery time of parcels from postcode, weekday and weight.

To choose the batch size I log the signal-to-noise ratio of the gradient, estimated from four quarters of each batch.
For the postcode table the log says nan in every step.  Do I have NaN gradients?
"""
# whynan: side_nonfinite
import collections

import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(71)

POSTCODES, SERVED = 400, 260
BATCH, QUARTERS = 128, 4


def shipments(n=2560, seed=14):
    rng = np.random.default_rng(seed)
    served = rng.permutation(POSTCODES)[:SERVED]
    remoteness = rng.normal(0.0, 6.0, POSTCODES)
    postcode = rng.choice(served, n)
    weekday = rng.integers(0, 7, n)
    kilos = rng.gamma(2.0, 1.6, n)
    hours = 30.0 + remoteness[postcode] + np.array([0, 0, 0, 0, 5, 26, 12])[weekday] + 0.8 * kilos
    hours += rng.normal(0.0, 2.0, n)
    return (postcode.astype("int32"), weekday.astype("int32"), kilos.astype("float32"),
            ((hours - hours.mean()) / hours.std()).astype("float32"))


class DeliveryTime(keras.Model):
    def __init__(self):
        super().__init__()
        self.place = keras.layers.Embedding(POSTCODES, 6, name="place")
        self.day = keras.layers.Embedding(7, 3, name="day")
        self.hidden = keras.layers.Dense(32, activation="tanh", name="hidden")
        self.out = keras.layers.Dense(1, name="out")

    def call(self, inputs):
        postcode, weekday, kilos = inputs
        joined = tf.concat([self.place(postcode), self.day(weekday), tf.math.log1p(kilos)[:, None]], axis=1)
        return self.out(self.hidden(joined))[:, 0]


model = DeliveryTime()
data = shipments()
model([column[:4] for column in data[:3]])
optimizer = keras.optimizers.Adam(0.01)
optimizer.build(model.trainable_variables)
huber = keras.losses.Huber()


def gradient_of(part):
    postcode, weekday, kilos, target = part
    with tf.GradientTape() as tape:
        loss = huber(target, model([postcode, weekday, kilos], training=True))
    dense = [tf.convert_to_tensor(g) for g in tape.gradient(loss, model.trainable_variables)]
    return loss, dense


@tf.function
def train_step(batch):
    quarters = zip(*[tf.split(column, QUARTERS) for column in batch])
    losses, gradients = zip(*[gradient_of(part) for part in quarters])
    mean_gradients, ratios = [], []
    for samples in zip(*gradients):
        samples = tf.stack(samples)
        signal = tf.reduce_mean(samples, axis=0)
        noise = tf.math.reduce_std(samples, axis=0)
        mean_gradients.append(signal)
        ratios.append(tf.reduce_mean(tf.abs(signal) / noise))
    optimizer.apply_gradients(zip(mean_gradients, model.trainable_variables))
    return tf.add_n(losses) / QUARTERS, ratios


stream = tf.data.Dataset.from_tensor_slices(data).shuffle(2560, seed=1).batch(BATCH, drop_remainder=True)
log = collections.defaultdict(list)
for epoch in range(6):
    for batch in stream:
        loss, ratios = train_step(batch)
        log["loss"].append(float(loss))
        for variable, ratio in zip(model.trainable_variables, ratios):
            log["snr/" + variable.path].append(float(ratio))
    print(f"epoch {epoch}", {name: round(float(np.mean(values[-20:])), 4) for name, values in log.items()})
