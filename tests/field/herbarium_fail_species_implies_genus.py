"""Leaf measurements -> species (12) and genus (4), trained with labels plus logic: species_k(x) => genus_of_k(x).

The satisfaction of the rules climbs nicely and exactly when it gets good the run dies: loss nan, all
weights nan. With the rule weight at 0 nothing happens. The better the model, the sooner it dies?!
"""
import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(6)

GENUS_OF = np.array([0, 0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3])
N_SPECIES, N_GENERA = len(GENUS_OF), 4


def herbarium(per_species=60, dims=10):
    rng = np.random.default_rng(31)
    genus_centre = rng.normal(0, 2.0, size=(N_GENERA, dims))
    centre = genus_centre[GENUS_OF] + rng.normal(0, 0.9, size=(N_SPECIES, dims))
    species = np.repeat(np.arange(N_SPECIES), per_species)
    x = centre[species] + rng.normal(0, 0.8, size=(len(species), dims))
    x = (x - x.mean(0)) / x.std(0)
    order = rng.permutation(len(species))
    return x[order].astype("float32"), species[order]


class Implies:
    """Lukasiewicz implication. I keep the amount of violation, max(0, a - b), rather than the truth value."""

    def violation(self, a, b):
        return tf.cast(a > b, tf.float32) * (a - b)


class ForAll:
    """Smooth 'for all': p-mean of the errors over the batch (bigger p = stricter)."""

    def __init__(self, p):
        self.p = float(p)

    def __call__(self, violation):
        mean_error = tf.reduce_mean(tf.pow(violation, self.p), axis=0)
        return 1.0 - tf.pow(mean_error, 1.0 / self.p)  # whynan: pow_grad_at_zero phase=gradient also=sqrt_grad_at_zero


class RuleNet(keras.Model):
    def __init__(self):
        super().__init__()
        self.hidden = layers.Dense(32, activation="tanh")
        self.species = layers.Dense(N_SPECIES, activation="sigmoid")
        self.genus = layers.Dense(N_GENERA, activation="sigmoid")

    def call(self, x):
        h = self.hidden(x)
        return self.species(h), self.genus(h)


def train(rule_weight=1.0, p=2, epochs=12, batch=16):
    x, species = herbarium()
    onehot_species = np.eye(N_SPECIES, dtype="float32")[species]
    onehot_genus = np.eye(N_GENERA, dtype="float32")[GENUS_OF[species]]

    net = RuleNet()
    opt = keras.optimizers.Adam(5e-3)
    bce = keras.losses.BinaryCrossentropy()
    implies, forall = Implies(), ForAll(p)
    rng = np.random.default_rng(0)

    for epoch in range(epochs):
        order = rng.permutation(len(x))
        log = []
        for i in range(0, len(x), batch):
            rows = order[i : i + batch]
            with tf.GradientTape() as tape:
                s, g = net(x[rows])
                labels = bce(onehot_species[rows], s) + bce(onehot_genus[rows], g)
                parent = tf.gather(g, GENUS_OF, axis=1)
                satisfied = forall(implies.violation(s, parent))  # one value per rule
                loss = labels + rule_weight * (1.0 - tf.reduce_mean(satisfied))
            grads = tape.gradient(loss, net.trainable_variables)
            grads, _ = tf.clip_by_global_norm(grads, 5.0)
            opt.apply_gradients(zip(grads, net.trainable_variables))
            log.append((float(loss), float(tf.reduce_mean(satisfied))))
        loss, sat = np.mean(log, axis=0)
        print(f"epoch {epoch + 1:2d}  loss {loss:.4f}  rules satisfied {sat:.3f}")


if __name__ == "__main__":
    train()
