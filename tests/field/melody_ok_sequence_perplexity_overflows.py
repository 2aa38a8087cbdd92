# Loss: mean cross-entropy per token, fine. Metric: perplexity of the whole *sequence*, exp(40 * 3.9) doesn't fit into float32.
import numpy as np
import keras
from keras import layers, ops

keras.utils.set_random_seed(77)
VOCAB, T = 50, 40


def sequence_perplexity(y_true, logits):
    nll = keras.losses.sparse_categorical_crossentropy(y_true, logits, from_logits=True)
    return ops.exp(ops.sum(nll, axis=-1))


class Melodies(keras.utils.PyDataset):
    def __init__(self, batches, batch_size, **kwargs):
        super().__init__(**kwargs)
        self.batches, self.batch_size = batches, batch_size

    def __len__(self):
        return self.batches

    def __getitem__(self, i):
        rng = np.random.default_rng(i)
        start = rng.integers(0, VOCAB, (self.batch_size, 1))
        step = rng.choice([-2, -1, 1, 2], size=(self.batch_size, T))
        notes = (start + np.cumsum(step, axis=1)) % VOCAB
        return notes[:, :-1].astype("int32"), notes[:, 1:].astype("int32")


inp = keras.Input((T - 1,), dtype="int32")
h = layers.Embedding(VOCAB, 16)(inp)
h = layers.Conv1D(32, 3, padding="causal", activation="relu")(h)
model = keras.Model(inp, layers.Dense(VOCAB)(h))
model.compile(
    optimizer=keras.optimizers.Adam(5e-3),
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=[sequence_perplexity],
)
hist = model.fit(Melodies(20, 16), epochs=6, verbose=0)
for loss, ppl in zip(hist.history["loss"], hist.history["sequence_perplexity"]):
    print(f"{loss:.4f} per token, sequence perplexity {ppl:.3g}")
# whynan: side_nonfinite
