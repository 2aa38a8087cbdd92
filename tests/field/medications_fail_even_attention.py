"""Risk of a fall in hospital from the list of medications and the age, attention over the medications.

The attention looked at one drug only, so I added a term that rewards an even spread (an index from my ecology course).
Without the term the AUC is fine. With it the loss is nan within the first epoch. Every patient takes something, I
checked that no list is empty, and an empty list would be covered anyway.
"""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

DRUGS = 60
LONGEST = 9
FEW = {57: [12], 201: [40], 288: [7]}  # day-care patients


# ---- diversity indices -------------------------------------------------------------------------------------------

def shannon(share):
    return -tf.reduce_sum(share * tf.math.log(share + 1e-9), axis=1)


def richness(present):
    return tf.maximum(tf.reduce_sum(present, axis=1), 1.0)


def pielou(share, present):
    """Evenness between 0 (everything on one) and 1 (all the same)."""
    return shannon(share) / tf.math.log(richness(present))  # whynan: divide_by_zero phase=forward|loss rows=57,201,288


# ---- model -------------------------------------------------------------------------------------------------------

class MedicationAttention(layers.Layer):
    def __init__(self, width, evenness=0.0, **kwargs):
        super().__init__(**kwargs)
        self.evenness = evenness
        self.table = layers.Embedding(DRUGS + 1, width)
        self.score = layers.Dense(1, use_bias=False)

    def call(self, ids):
        present = tf.cast(ids > 0, tf.float32)
        vectors = self.table(ids)
        logits = tf.squeeze(self.score(tf.tanh(vectors)), axis=-1)
        share = tf.nn.softmax(logits - 1e9 * (1.0 - present), axis=1)
        if self.evenness:
            self.add_loss(self.evenness * (1.0 - tf.reduce_mean(pielou(share, present))))
        return tf.einsum("bd,bdw->bw", share, vectors)


def build(evenness):
    ids = keras.Input((LONGEST,), dtype="int32", name="medications")
    age = keras.Input((1,), name="age")
    pooled = MedicationAttention(16, evenness, name="attention")(ids)
    h = layers.Concatenate()([pooled, age])
    h = layers.Dense(24, activation="tanh")(h)
    return keras.Model([ids, age], layers.Dense(1, activation="sigmoid", name="fall")(h))


# ---- data --------------------------------------------------------------------------------------------------------

def patients(n=420, seed=6):
    rng = np.random.default_rng(seed)
    ids = np.zeros((n, LONGEST), "int32")
    hazard = rng.normal(0.0, 0.6, DRUGS + 1)
    hazard[0] = 0.0
    age = rng.uniform(45, 95, (n, 1))
    for i in range(n):
        drugs = FEW.get(i)
        if drugs is None:
            drugs = rng.choice(np.arange(1, DRUGS + 1), size=rng.integers(2, LONGEST + 1), replace=False)
        ids[i, : len(drugs)] = drugs
    logit = hazard[ids].sum(axis=1) + 0.06 * (age[:, 0] - 72.0) - 0.4
    fell = (rng.random(n) < 1.0 / (1.0 + np.exp(-logit))).astype("float32")
    assert (ids > 0).any(axis=1).all(), "a patient without medication"
    return ids, ((age - 70.0) / 15.0).astype("float32"), fell[:, None]


keras.utils.set_random_seed(6)
ids, age, fell = patients()
for evenness in (0.0, 0.1):
    print(f"evenness {evenness}")
    model = build(evenness)
    model.compile(keras.optimizers.Adam(3e-3), loss="binary_crossentropy", metrics=["accuracy"])
    history = model.fit([ids, age], fell, batch_size=30, epochs=4, verbose=0)
    print("  loss per epoch:", [round(v, 4) for v in history.history["loss"]])
