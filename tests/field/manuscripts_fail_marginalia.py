"""Dating leaves (century, relative) from the marks found in their margins."""
import math
import numpy as np
import keras

keras.utils.set_random_seed(1455)
rng = np.random.default_rng(1455)

N_LEAVES = 900
MARK_TYPES = 60
DIM = 16

when = rng.uniform(-1, 1, N_LEAVES)
n_marks = rng.poisson(4.0, N_LEAVES)
marks = []
for t, k in zip(when, n_marks):
    centre = (t + 1) / 2 * (MARK_TYPES - 1)
    ids = np.clip(np.rint(rng.normal(centre, 8, k)), 0, MARK_TYPES - 1)
    marks.append(ids.astype(int))
layout = np.stack([
    rng.normal(28 + 2 * when, 2.0),      # ruled lines
    rng.normal(190 - 6 * when, 9.0),     # written height, mm
    rng.normal(1.4, 0.2, N_LEAVES),      # height / width
], axis=1)
layout = (layout - layout.mean(0)) / layout.std(0)


class LeafSequence(keras.utils.PyDataset):
    def __init__(self, leaves, batch_size=45, **kwargs):
        super().__init__(**kwargs)
        self.leaves = np.asarray(leaves)
        self.batch_size = batch_size
        pos = np.arange(MARK_TYPES)[:, None]
        freq = np.arange(1, DIM + 1)[None, :]
        self.table = np.sin(np.pi * pos * freq / MARK_TYPES).astype("float32")
        self.rng = np.random.default_rng(8)

    def __len__(self):
        return math.ceil(len(self.leaves) / self.batch_size)

    def on_epoch_end(self):
        self.rng.shuffle(self.leaves)

    def __getitem__(self, i):
        part = self.leaves[i * self.batch_size:(i + 1) * self.batch_size]
        bags = np.stack([self.table[marks[j]].mean(axis=0) for j in part])  # whynan: empty_reduction phase=data also=divide_by_zero,nan_in_input
        x = np.concatenate([bags, layout[part]], axis=1).astype("float32")
        return x, when[part, None].astype("float32")


train = LeafSequence(np.arange(0, 780))
test = LeafSequence(np.arange(780, N_LEAVES))

model = keras.Sequential([
    keras.Input((DIM + 3,)),
    keras.layers.Dense(32, activation="silu", kernel_regularizer="l2"),
    keras.layers.Dense(16, activation="silu"),
    keras.layers.Dense(1, activation="tanh"),
])
model.compile(optimizer=keras.optimizers.AdamW(2e-3, weight_decay=1e-4), loss="mse")
model.fit(train, validation_data=test, epochs=5, verbose=2)
