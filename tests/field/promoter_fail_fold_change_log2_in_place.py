"""Promoter sequence -> log2 fold change after heat shock (conv net on one-hot DNA).

Counts are filtered (genes with < 10 reads are out), normalised to CPM, logged in place to
save memory, averaged over the replicates.  mse is -inf/nan/inf depending on the day.
"""
from dataclasses import dataclass

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(83)

N_GENES, LENGTH = 640, 60


@dataclass
class Experiment:
    counts: np.ndarray            # genes x samples
    condition: np.ndarray         # 0 control, 1 heat shock
    sequences: np.ndarray         # genes x LENGTH, values 0..3

    @classmethod
    def simulate(cls, seed):
        rng = np.random.default_rng(seed)
        seqs = rng.integers(0, 4, (N_GENES, LENGTH))
        effect = (seqs[:, :-1] * 4 + seqs[:, 1:] == 6).sum(axis=1) * 0.3 - 1.0
        base = rng.lognormal(5.5, 0.5, N_GENES)
        condition = np.array([0, 0, 0, 1, 1, 1])
        mean = base[:, None] * np.exp2(effect[:, None] * condition)
        counts = rng.poisson(mean).astype("float64")
        counts[rng.choice(N_GENES, 30, replace=False)] = rng.integers(0, 2, (30, 6))     # silent genes
        counts[[118, 402], :3] = 0                       # only switched on by heat
        counts[533, 4] = 0                               # dropout in one replicate
        return cls(counts, condition, seqs)

    def keep(self, mask):
        return Experiment(self.counts[mask], self.condition, self.sequences[mask])


class Pipeline:
    """Chain of steps that work on a private copy of the matrix."""

    def __init__(self, experiment, min_reads=10):
        self.exp = experiment.keep(experiment.counts.sum(axis=1) >= min_reads)
        self.matrix = self.exp.counts.copy()

    def cpm(self):
        self.matrix /= self.matrix.sum(axis=0)
        self.matrix *= 1e6
        return self

    def log2(self):
        np.log2(self.matrix, out=self.matrix)  # whynan: log_of_zero phase=data rows=379,508 also=nan_in_label
        return self

    def center(self):
        self.matrix -= np.median(self.matrix, axis=0)
        return self

    def fold_change(self):
        treated = self.exp.condition == 1
        return self.matrix[:, treated].mean(axis=1) - self.matrix[:, ~treated].mean(axis=1)


def one_hot(seqs):
    return np.eye(4, dtype="float32")[seqs]


def training_arrays(seed=83):
    pipe = Pipeline(Experiment.simulate(seed)).cpm().log2().center()
    return one_hot(pipe.exp.sequences), pipe.fold_change().astype("float32")[:, None]


def build(width=24):
    inp = keras.Input((LENGTH, 4))
    h = layers.Conv1D(width, 7, activation="gelu")(inp)
    h = layers.MaxPooling1D(3)(h)
    h = layers.Conv1D(width, 3, activation="gelu")(h)
    h = layers.GlobalMaxPooling1D()(h)
    return keras.Model(inp, layers.Dense(1)(h))


x, lfc = training_arrays()
model = build()
model.compile(optimizer=keras.optimizers.AdamW(1e-3), loss="mse")
model.fit(x, lfc, epochs=5, batch_size=32, verbose=2)
