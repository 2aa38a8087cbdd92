"""Galaxy morphology from volunteers' votes: the label is the fraction of votes per answer (soft labels)."""
import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

keras.utils.set_random_seed(30)
ANSWERS = ("smooth", "features", "artifact")
NOT_YET_SHOWN = [23, 71, 146]


def postage_stamps(n=180, size=20, seed=9):
    rng = np.random.default_rng(seed)
    yy, xx = np.mgrid[:size, :size] - (size - 1) / 2
    kind = rng.integers(0, 3, n)
    images = np.empty((n, size, size, 1), "float32")
    for i, k in enumerate(kind):
        width = rng.uniform(2.0, 4.0)
        glow = np.exp(-(xx ** 2 + (yy * (1 + 0.6 * (k == 1))) ** 2) / (2 * width ** 2))
        if k == 2:
            glow[rng.integers(0, size)] += 1.0
        images[i, ..., 0] = glow + rng.normal(0, 0.05, (size, size))
    return images, kind


class VoteTable:
    """Votes as downloaded from the project; every galaxy was seen by 5 to 40 people."""

    def __init__(self, kind, seed=10):
        rng = np.random.default_rng(seed)
        prior = np.full((len(kind), 3), 0.12) + 0.64 * np.eye(3)[kind]
        self.counts = np.stack([rng.multinomial(int(rng.integers(5, 41)), p) for p in prior])
        self.counts[NOT_YET_SHOWN] = 0

    def fractions(self):
        total = self.counts.sum(axis=1, keepdims=True)
        return self.counts / total  # whynan: nan_in_label phase=data rows=23,71,146 also=divide_by_zero,zero_weight_sum

    def debiased(self, odds=(1.0, 1.15, 0.9)):
        """Faint galaxies look smoother than they are: correct the odds and normalise again."""
        corrected = self.fractions() * np.asarray(odds)
        return (corrected / corrected.sum(axis=-1, keepdims=True)).astype("float32")


class SoftLabelClassifier(keras.Model):
    def __init__(self, classes):
        super().__init__()
        self.features = keras.Sequential([
            layers.Conv2D(8, 3, strides=2, activation="relu"),
            layers.Conv2D(16, 3, strides=2, activation="relu"),
            layers.GlobalAveragePooling2D(),
        ])
        self.head = layers.Dense(classes)
        self.tracker = keras.metrics.Mean(name="loss")

    def call(self, images):
        return self.head(self.features(images))

    def train_step(self, data):
        images, fractions = data
        with tf.GradientTape() as tape:
            log_p = ops.log_softmax(self(images, training=True), axis=-1)
            loss = -ops.mean(ops.sum(fractions * log_p, axis=-1))
        grads = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.trainable_variables))
        self.tracker.update_state(loss)
        return {"loss": self.tracker.result()}

    @property
    def metrics(self):
        return [self.tracker]


images, kind = postage_stamps()
labels = VoteTable(kind).debiased()
model = SoftLabelClassifier(len(ANSWERS))
model.compile(optimizer=keras.optimizers.Adam(2e-3))
model.fit(images, labels, batch_size=30, epochs=4, verbose=2)
