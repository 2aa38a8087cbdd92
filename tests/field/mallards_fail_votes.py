"""Duck species from pond photos, trained on the vote shares of the volunteers.

Every photo was shown to up to five people. `votes` has one column per slot, the species
number that the person clicked, or -1 if nobody took the slot.
"""
import numpy as np
import tensorflow as tf
from tensorflow.keras import layers, models, utils

utils.set_random_seed(808)

SPECIES = ["mallard", "teal", "wigeon", "pochard"]
SLOTS = 5
SIZE = 16

palette = np.array([[0.2, 0.5, 0.3], [0.5, 0.3, 0.2], [0.6, 0.45, 0.35], [0.45, 0.15, 0.12]])


def make_pond(n, rng):
    truth = rng.integers(0, len(SPECIES), n)
    photos = rng.normal(0.5, 0.12, (n, SIZE, SIZE, 3))
    for i, s in enumerate(truth):
        r, c = rng.integers(1, 8, 2)
        photos[i, r:r + 6, c:c + 7] = palette[s] + rng.normal(0, 0.08, (6, 7, 3))
    votes = np.full((n, SLOTS), -1, dtype=np.int32)
    seen_by = np.minimum(rng.poisson(3.0, n), SLOTS)
    for i in range(n):
        for k in range(seen_by[i]):
            votes[i, k] = truth[i] if rng.random() < 0.8 else rng.integers(0, len(SPECIES))
    return np.clip(photos, 0, 1).astype("float32"), votes


def to_shares(photo, votes):
    counts = tf.reduce_sum(tf.one_hot(votes, len(SPECIES)), axis=0)
    return photo, counts / tf.reduce_sum(counts)  # whynan: divide_by_zero phase=data also=nan_in_label,zero_weight_sum,label_out_of_range


def flip(photo, shares):
    return tf.image.random_flip_left_right(photo), shares


rng = np.random.default_rng(1)
photos, votes = make_pond(1000, rng)

dataset = tf.data.Dataset.from_tensor_slices((photos, votes)).map(to_shares)
train = dataset.take(850).shuffle(850, seed=3).map(flip).batch(25).prefetch(2)
test = dataset.skip(850).batch(50)

model = models.Sequential([
    layers.Input((SIZE, SIZE, 3)),
    layers.Conv2D(12, 3, padding="same", activation="relu"),
    layers.MaxPooling2D(),
    layers.Conv2D(24, 3, padding="same", activation="relu"),
    layers.MaxPooling2D(),
    layers.Flatten(),
    layers.Dropout(0.2),
    layers.Dense(len(SPECIES), activation="softmax"),
])
model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
model.summary()
model.fit(train, epochs=4, verbose=2)

shares = model.predict(test, verbose=0)
for name, p in zip(SPECIES, shares.mean(axis=0)):
    print(f"{name:10s} {p:.3f}")
