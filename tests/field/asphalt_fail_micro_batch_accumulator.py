"""Rut depth of asphalt. The real images need small batches, so I wrote an accumulator: 16 batches of 4, then one step with the
mean gradient. With one batch of 64 the same rate is fine, with the accumulator the loss is inf after a few steps."""
import numpy as np
import tensorflow as tf
import keras
from keras import layers


class GradientAccumulator:
    def __init__(self, variables, every):
        self.every = every
        self.count = 0
        self.slots = [tf.Variable(tf.zeros(v.shape), trainable=False) for v in variables]

    def add(self, grads):
        for slot, grad in zip(self.slots, grads):
            slot.assign_add(slot + grad)
        self.count += 1

    @property
    def full(self):
        return self.count == self.every

    def take(self):
        mean = [slot / float(self.every) for slot in self.slots]
        for slot in self.slots:
            slot.assign(tf.zeros_like(slot))
        self.count = 0
        return mean


class RoadTrainer:
    def __init__(self, model, rate, every):
        self.model = model
        self.optimizer = keras.optimizers.SGD(rate)
        self.optimizer.build(model.trainable_variables)
        self.accumulator = GradientAccumulator(model.trainable_variables, every)
        self.gradient = tf.function(self._gradient)

    def _gradient(self, x, y):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(y - self.model(x, training=True)))  # whynan: exploding_gradient phase=forward|loss|gradient|update also=learning_rate_too_high
        return loss, tape.gradient(loss, self.model.trainable_variables)

    def epoch(self, data):
        seen = []
        for x, y in data:
            loss, grads = self.gradient(x, y)
            seen.append(float(loss))
            self.accumulator.add(grads)
            if self.accumulator.full:
                self.optimizer.apply(self.accumulator.take(), self.model.trainable_variables)
        return float(np.mean(seen))


def sections(n=640):
    rng = np.random.default_rng(6)
    axle, heat, bitumen, age, slope = rng.normal(size=(5, n))
    rut = 0.6 * axle + 0.4 * heat * (bitumen > 0) + 0.5 * np.tanh(age) - 0.1 * slope + 0.1 * rng.normal(size=n)
    x = np.stack([axle, heat, bitumen, age, slope], axis=1).astype("float32")
    return x, ((rut - rut.mean()) / rut.std()).astype("float32")[:, None]


if __name__ == "__main__":
    keras.utils.set_random_seed(6)
    x, y = sections()
    batches = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(640, seed=6).batch(4)
    network = keras.Sequential([
        layers.Input((5,)),
        layers.Dense(24, activation="leaky_relu"),
        layers.Dense(1),
    ])
    trainer = RoadTrainer(network, rate=0.05, every=16)
    for number in range(4):
        print("epoch", number, "loss", trainer.epoch(batches))
