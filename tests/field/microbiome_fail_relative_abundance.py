"""Diet group from a stool sample: read counts per taxon -> three groups.

The sequencing depth differs a lot between samples, so a first layer turns the counts into shares and takes the log
(with a pseudocount, the usual thing). Training accuracy goes up for a few batches, then loss: nan.
"""
import keras
import numpy as np
from keras import layers, ops

keras.utils.set_random_seed(4)

GROUPS = ("omnivore", "vegetarian", "vegan")


def count_table(n_samples=260, n_taxa=60, seed=17):
    """OTU table (samples x taxa) and the diet group of each sample."""
    rng = np.random.default_rng(seed)
    group = rng.integers(0, len(GROUPS), n_samples)
    typical = rng.gamma(0.8, 1.0, (len(GROUPS), n_taxa)) + 0.15
    depth = rng.integers(4_000, 32_000, n_samples)
    depth[[58, 143]] = 0  # two libraries did not amplify, the laboratory kept their lines
    profiles = np.stack([rng.dirichlet(typical[g]) for g in group])
    counts = np.stack([rng.multinomial(d, p) for d, p in zip(depth, profiles)])
    return counts, group.astype("int32")


def drop_rare_taxa(counts, min_prevalence=0.10):
    prevalence = (counts > 0).mean(axis=0)
    return counts[:, prevalence >= min_prevalence]


class LogShares(layers.Layer):
    def __init__(self, pseudocount=1e-5, **kwargs):
        super().__init__(**kwargs)
        self.pseudocount = pseudocount

    def call(self, counts):
        share = counts / ops.sum(counts, axis=-1, keepdims=True)  # whynan: divide_by_zero phase=forward rows=58,143
        return ops.log(share + self.pseudocount)


class DietClassifier(keras.Model):
    def __init__(self, units=48, n_groups=len(GROUPS)):
        super().__init__()
        self.log_shares = LogShares()
        self.norm = layers.LayerNormalization()
        self.hidden = layers.Dense(units, activation="gelu")
        self.dropout = layers.Dropout(0.2)
        self.logits = layers.Dense(n_groups)

    def call(self, counts, training=False):
        h = self.norm(self.log_shares(counts))
        h = self.dropout(self.hidden(h), training=training)
        return self.logits(h)


counts, group = count_table()
x = drop_rare_taxa(counts).astype("float32")
print(f"{x.shape[1]} taxa left, median depth {np.median(x.sum(axis=1)):.0f}")
assert np.isfinite(x).all()

model = DietClassifier()
model.compile(
    optimizer=keras.optimizers.AdamW(1e-3, weight_decay=1e-4),
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=["accuracy"],
)
model.fit(x, group, validation_split=0.2, batch_size=16, epochs=6, verbose=2)
