"""Roadside raptor counts: species from size, flight and habitat features, with balanced class weights."""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(31)
rng = np.random.default_rng(31)

SPECIES = ["buzzard", "kestrel", "red kite", "merlin"]
SHARE = [0.75, 0.15, 0.07, 0.03]
N = 1600

species = rng.choice(4, N, p=SHARE)
wingspan = np.array([120, 74, 165, 60])[species] + rng.normal(0, 14, N)
hovering = rng.random(N) < np.array([0.05, 0.7, 0.02, 0.03])[species]
height = rng.gamma(2.0, np.array([25, 9, 30, 6])[species])
forked = rng.random(N) < np.array([0.04, 0.05, 0.85, 0.05])[species]
dist_wood = rng.exponential(300, N)
month = rng.integers(1, 13, N)

X = np.column_stack([
    (wingspan - wingspan.mean()) / wingspan.std(),
    hovering, np.log1p(height), forked,
    np.log1p(dist_wood) - 5,
    np.sin(2 * np.pi * month / 12), np.cos(2 * np.pi * month / 12),
]).astype("float32")

counts = np.bincount(species, minlength=len(SPECIES))
balance = N // (len(SPECIES) * counts)
for name, c in zip(SPECIES, counts):
    print(f"{name:>10}: {c} sightings")


class SightingModel(keras.Model):
    def __init__(self, class_weight):
        super().__init__()
        self.body = keras.Sequential([
            layers.Dense(24, activation="relu"),
            layers.Dense(24, activation="relu"),
            layers.Dense(len(SPECIES)),
        ])
        self.weight_table = tf.constant(class_weight.astype("float32"))
        self.loss_tracker = keras.metrics.Mean(name="loss")
        self.acc = keras.metrics.SparseCategoricalAccuracy(name="acc")

    def call(self, x, training=False):
        return self.body(x, training=training)

    def train_step(self, data):
        x, y = data
        y = tf.reshape(tf.cast(y, tf.int32), [-1])
        with tf.GradientTape() as tape:
            logits = self(x, training=True)
            ce = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=logits)
            w = tf.gather(self.weight_table, y)
            loss = tf.reduce_sum(w * ce) / tf.reduce_sum(w)  # whynan: zero_weight_sum phase=loss|forward also=divide_by_zero
        grads = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.trainable_variables))
        self.loss_tracker.update_state(loss)
        self.acc.update_state(y, logits)
        return {"loss": self.loss_tracker.result(), "acc": self.acc.result()}


model = SightingModel(balance)
model.compile(optimizer=keras.optimizers.Adam(2e-3))
model.fit(X, species, batch_size=8, epochs=4, verbose=2)

guess = np.argmax(model.predict(X, verbose=0), axis=1)
for i, name in enumerate(SPECIES):
    print(name, "recall", round(float(np.mean(guess[species == i] == i)), 3))
