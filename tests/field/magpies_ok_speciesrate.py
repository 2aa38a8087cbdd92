# Which of five magpie species? Nine body measurements, small tanh net, train_on_batch.
import os
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2"
import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(55)
rng = np.random.default_rng(55)

SPECIES = ["pica", "hudsonia", "nuttalli", "bottanensis", "serica"]
N, M = 1600, 9

centres = rng.normal(0, 1.0, (5, M))
species = rng.integers(0, 5, N)
body = centres[species] + rng.normal(0, 0.9, (N, M))
wrong_ring = rng.random(N) < 0.10
species[wrong_ring] = rng.integers(0, 5, wrong_ring.sum())
body = ((body - body.mean(0)) / body.std(0)).astype("float32")

model = keras.Sequential([
    keras.Input((M,)),
    layers.Dense(64, activation="tanh"),
    layers.Dense(64, activation="tanh"),
    layers.Dense(5),
])
model.compile(
    optimizer=keras.optimizers.Adam(learning_rate=2.0),
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
)

batch = 40
for epoch in range(8):
    perm = rng.permutation(N)
    losses = []
    for k in range(0, N, batch):
        idx = perm[k:k + batch]
        out = model.train_on_batch(body[idx], species[idx], return_dict=True)  # whynan: unstable
        losses.append(out["loss"])
    print(f"epoch {epoch + 1}: mean {np.mean(losses):9.2f}  min {np.min(losses):9.2f}  max {np.max(losses):9.2f}")

guess = model.predict(body, verbose=0).argmax(1)
for k, name in enumerate(SPECIES):
    rows = species == k
    print(f"{name:12s} right in {np.mean(guess[rows] == k):.0%} of {rows.sum()}")
