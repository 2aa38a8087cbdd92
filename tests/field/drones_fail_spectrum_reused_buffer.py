"""Drone detector on radio spectra (64 bins per sweep), fed with a keras PyDataset.

The sweeps are big in the real project, so the dataset works without copies. The first two epochs are fine and the loss
goes down; in the third it is nan, and stays so. A smaller learning rate or a clipnorm does not move that
moment at all, which I find strange.
"""
import math

import numpy as np
import tensorflow as tf

import keras

keras.utils.set_random_seed(99)

BINS = 64


def capture_sweeps(n, seed):
    """Received power per bin (arbitrary linear units), drones put two narrow carriers on top of the noise."""
    rng = np.random.default_rng(seed)
    power = 10.0 ** rng.uniform(3.2, 4.6, size=(n, BINS))
    present = rng.integers(0, 2, size=n)
    for row in np.flatnonzero(present):
        first = rng.integers(4, BINS - 20)
        power[row, [first, first + 12]] *= 20.0
    return power.astype("float32"), present.astype("float32")


class SweepBatches(keras.utils.PyDataset):
    def __init__(self, power, present, batch, centre=4.0, **kwargs):
        super().__init__(**kwargs)
        self.power = power
        self.present = present
        self.batch = batch
        self.centre = centre

    def __len__(self):
        return math.ceil(len(self.power) / self.batch)

    def __getitem__(self, index):
        part = slice(index * self.batch, (index + 1) * self.batch)
        spectrum = self.power[part]
        np.log10(spectrum, out=spectrum)  # whynan: log_of_negative phase=data also=nan_in_input
        return (spectrum - self.centre)[..., None], self.present[part]


class CarrierDetector(keras.Model):
    def __init__(self, filters=12):
        super().__init__()
        self.front = keras.layers.Conv1D(filters, 5, padding="same", activation="gelu")
        self.norm = keras.layers.LayerNormalization()
        self.pool = keras.layers.GlobalAveragePooling1D()
        self.head = keras.layers.Dense(1)

    def call(self, spectrum, training=False):
        return self.head(self.pool(self.norm(self.front(spectrum))))[:, 0]

    def train_step(self, data):
        spectrum, present = data
        with tf.GradientTape() as tape:
            score = self(spectrum, training=True)
            loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=present, logits=score))
        weights = self.trainable_variables
        self.optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights))
        return {"bce": loss}


class Heartbeat(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        print(f"epoch {epoch + 1:2d}  bce {float(logs['bce']):.4f}")


power, present = capture_sweeps(160, seed=21)
batches = SweepBatches(power, present, batch=16)

detector = CarrierDetector()
detector.compile(optimizer=keras.optimizers.Adam(2e-3))
detector.fit(batches, epochs=6, verbose=0, callbacks=[Heartbeat()])
