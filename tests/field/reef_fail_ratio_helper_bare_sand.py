"""Fish abundance over reef quadrats from the benthic counts.

All ratios go through one helper that is safe for an empty quadrat, and the loss that is printed is finite. Then,
from one step to the next, everything is nan.
"""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(41)


def guarded(part, whole):
    """part / whole, or 0 where there is nothing to divide by."""
    return tf.where(whole > 0.0, part / whole, tf.zeros_like(part))  # whynan: where_gradient_trap phase=gradient also=divide_by_zero,zero_weight_sum


class QuadratModel(keras.Model):
    def __init__(self, n_taxa, dim=8, **kwargs):
        super().__init__(**kwargs)
        self.traits = self.add_weight(shape=(n_taxa, dim), initializer="glorot_normal", name="traits")
        self.importance = self.add_weight(shape=(n_taxa,), initializer="zeros", name="importance")
        self.hidden = layers.Dense(24, activation="tanh")
        self.out = layers.Dense(1)

    def community(self, counts):
        weights = counts * tf.exp(self.importance)
        return guarded(tf.matmul(weights, self.traits), tf.reduce_sum(weights, axis=1, keepdims=True))

    def call(self, inputs):
        counts, points, site = inputs
        live_cover = guarded(points[:, :1], tf.reduce_sum(points, axis=1, keepdims=True))
        return self.out(self.hidden(tf.concat([self.community(counts), live_cover, site], axis=1)))


def quadrats(n=640, n_taxa=18):
    rng = np.random.default_rng(30)
    richness = rng.gamma(2.0, 1.0, (n, 1)) * (rng.uniform(size=(n, 1)) > 0.02)  # some are bare sand
    counts = rng.poisson(richness * rng.dirichlet(np.full(n_taxa, 0.8), n) * 6.0)
    live = rng.binomial(30, np.clip(0.1 + 0.15 * richness[:, 0], 0, 0.9))
    points = np.stack([live, 30 - live], axis=1)
    site = np.stack([rng.normal(size=n), rng.normal(size=n)], axis=1)
    preference = rng.normal(0, 0.5, n_taxa)
    share = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    fish = 0.8 * share @ preference + 0.04 * live + 0.3 * site[:, 0] + rng.normal(0, 0.2, n)
    return [a.astype("float32") for a in (counts, points, site, fish[:, None])]


counts, points, site, fish = quadrats()
dataset = tf.data.Dataset.from_tensor_slices(((counts, points, site), fish)).shuffle(640, seed=2).batch(32)
model = QuadratModel(counts.shape[1])
optimizer = keras.optimizers.Adam(4e-3)
mse = keras.losses.MeanSquaredError()


@tf.function
def step(inputs, target):
    with tf.GradientTape() as tape:
        predicted = model(inputs)
        loss = mse(target, predicted)
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    return loss, tf.reduce_mean(guarded(tf.abs(predicted - target), tf.abs(target)))


model((counts[:2], points[:2], site[:2]))
optimizer.build(model.trainable_variables)
for epoch in range(4):
    for number, (inputs, target) in enumerate(dataset):
        loss, relative = step(inputs, target)
        if number % 5 == 0:
            print(f"epoch {epoch} step {number:2d} loss {float(loss):.4f} relative error {float(relative):.3f}")
