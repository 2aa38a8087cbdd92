"""Semi-supervised training in the manner of MixMatch: few labelled digits, many without a label.

The network guesses the label of the unlabelled pictures (mean over two noisy copies), sharpens the guess and learns
from it. With the temperature of the paper (0.5) it runs. The paper says that towards 0 the guess becomes one-hot,
which is what I want, so I set it close to 0, and now the loss is nan. The supervised part alone is fine.
"""
import numpy as np
import tensorflow as tf
import keras
from sklearn.datasets import load_digits

keras.utils.set_random_seed(50)

CONFIG = dict(labelled=120, copies=2, noise=0.1, temperature=0.01, weight=5.0, batch=48, epochs=4)


def backbone():
    return keras.Sequential(
        [
            keras.Input((64,)),
            keras.layers.Dense(64, activation="relu"),
            keras.layers.Dense(10, activation="softmax"),
        ],
        name="backbone",
    )


class GuessingModel(keras.Model):
    def __init__(self, net, copies, noise, temperature, weight, **kwargs):
        super().__init__(**kwargs)
        self.net = net
        self.copies = copies
        self.noise = noise
        self.temperature = temperature
        self.weight = weight
        self.seeds = keras.random.SeedGenerator(50)
        self.supervised = keras.losses.SparseCategoricalCrossentropy()
        self.total = keras.metrics.Mean(name="loss")
        self.known = keras.metrics.Mean(name="known")
        self.guessed = keras.metrics.Mean(name="guessed")

    @property
    def metrics(self):
        return [self.total, self.known, self.guessed]

    def call(self, inputs, training=None):
        pictures = inputs[0] if isinstance(inputs, (list, tuple)) else inputs
        return self.net(pictures, training=training)

    def shake(self, pictures):
        return pictures + keras.random.normal(tf.shape(pictures), stddev=self.noise, seed=self.seeds)

    def sharpen(self, guess):
        powered = guess ** (1.0 / self.temperature)
        return powered / tf.reduce_sum(powered, axis=-1, keepdims=True)  # whynan: exp_underflow phase=forward|loss also=divide_by_zero

    def guess(self, pictures):
        votes = [self.net(self.shake(pictures), training=False) for _ in range(self.copies)]
        return tf.stop_gradient(self.sharpen(tf.add_n(votes) / self.copies))

    def train_step(self, data):
        (pictures, unlabelled), labels = data
        targets = self.guess(unlabelled)
        with tf.GradientTape() as tape:
            known = self.supervised(labels, self.net(self.shake(pictures), training=True))
            prediction = self.net(self.shake(unlabelled), training=True)
            guessed = tf.reduce_mean(tf.square(targets - prediction))
            loss = known + self.weight * guessed
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
        self.total.update_state(loss)
        self.known.update_state(known)
        self.guessed.update_state(guessed)
        return {m.name: m.result() for m in self.metrics}


def split():
    images, digits = load_digits(return_X_y=True)
    images = (images / 16.0).astype("float32")
    order = np.random.default_rng(50).permutation(len(images))
    labelled, rest = order[: CONFIG["labelled"]], order[CONFIG["labelled"]:]
    repeated = np.resize(labelled, len(rest))          # the labelled ones come round again and again
    return images[repeated], digits[repeated].astype("int32"), images[rest]


pictures, labels, unlabelled = split()
model = GuessingModel(
    backbone(),
    copies=CONFIG["copies"],
    noise=CONFIG["noise"],
    temperature=CONFIG["temperature"],
    weight=CONFIG["weight"],
)
model.compile(optimizer=keras.optimizers.Adam(1e-3))
history = model.fit([pictures, unlabelled], labels, batch_size=CONFIG["batch"], epochs=CONFIG["epochs"], verbose=0)
for name, values in history.history.items():
    print(name, values)
