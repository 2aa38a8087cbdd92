"""Guess the habitat of a botanical field note from the species that it lists."""
from collections import Counter

import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(77)
rnd = np.random.default_rng(77)

HABITATS = ["fen", "dune", "scree", "beech wood", "arable"]
MIN_SIGHTINGS = 5
DIM = 16
BATCH = 40


def write_notes(n=1000):
    """Lists of species as the volunteers typed them, and the habitat on the form."""
    notes, labels = [], []
    for _ in range(n):
        h = int(rnd.integers(len(HABITATS)))
        picked = rnd.choice(30, size=int(rnd.integers(2, 8)), replace=False)
        names = [f"{HABITATS[h]}-sp{k}" for k in picked]
        if rnd.random() < 0.3:
            other = int(rnd.integers(len(HABITATS)))
            names.append(f"{HABITATS[other]}-sp{int(rnd.integers(30))}")
        notes.append(names)
        labels.append(h)
    # short notes of guests, in their own words
    notes[187] = ["some kind of orchid, white"]
    notes[604] = ["Carex (no fruit)", "moss"]
    notes[861] = ["see photo"]
    return notes, np.array(labels)


class HabitatGuesser:
    """Mean of the species vectors, then a small classifier."""

    def __init__(self, n_species):
        self.species = keras.layers.Embedding(n_species, DIM)
        self.hidden = keras.layers.Dense(24, activation="tanh")
        self.out = keras.layers.Dense(len(HABITATS))
        self.parts = [self.species, self.hidden, self.out]

    @property
    def weights(self):
        return [w for part in self.parts for w in part.trainable_variables]

    def __call__(self, ids):
        vectors = ids.with_flat_values(self.species(ids.flat_values))
        note = tf.reduce_mean(vectors, axis=1)  # whynan: empty_reduction phase=forward also=divide_by_zero
        return self.out(self.hidden(note))


def main():
    notes, labels = write_notes()
    counts = Counter(name for note in notes for name in note)
    known = sorted(name for name, c in counts.items() if c >= MIN_SIGHTINGS)
    number = {name: i for i, name in enumerate(known)}
    print(len(counts), "names,", len(known), "of them seen", MIN_SIGHTINGS, "times or more")
    ids = [[number[name] for name in note if name in number] for note in notes]

    guesser = HabitatGuesser(len(known))
    adam = keras.optimizers.Adam(0.01)
    ce = keras.losses.SparseCategoricalCrossentropy(from_logits=True)

    for epoch in range(5):
        order = rnd.permutation(len(ids))
        losses, right = [], 0
        for start in range(0, len(order), BATCH):
            rows = order[start : start + BATCH]
            xb = tf.ragged.constant([ids[i] for i in rows], dtype=tf.int32)
            yb = labels[rows]
            with tf.GradientTape() as tape:
                logits = guesser(xb)
                loss = ce(yb, logits)
            adam.apply_gradients(zip(tape.gradient(loss, guesser.weights), guesser.weights))
            losses.append(float(loss))
            right += int(np.sum(np.argmax(logits.numpy(), axis=1) == yb))
        print(f"epoch {epoch}: loss {np.mean(losses):.3f}, accuracy {right / len(ids):.3f}")


if __name__ == "__main__":
    main()
