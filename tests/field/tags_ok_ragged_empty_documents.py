# Documents with no tag at all: ragged rows of length zero. tf.reduce_mean over those would be NaN (I print it to
# remind myself), the model divides with divide_no_nan.
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(19)
rng = np.random.default_rng(19)
VOCAB = 30
docs = [rng.integers(0, VOCAB, rng.integers(0, 6)).tolist() for _ in range(256)]
docs[0], docs[7] = [], []
target = np.array([[float(np.mean([t < 15 for t in d]) > 0.5) if d else 0.0] for d in docs], "float32")
tags = tf.ragged.constant(docs, dtype=tf.int32)
counts = np.zeros((len(docs), VOCAB), "float32")
for i, d in enumerate(docs):
    np.add.at(counts[i], np.asarray(d, int), 1.0)


class TagModel(keras.Model):
    def __init__(self):
        super().__init__()
        self.emb = layers.Embedding(VOCAB, 8)
        self.wide = layers.Dense(4)
        self.out = layers.Dense(1)

    def logits(self, rows, sparse_counts):
        vecs = tf.ragged.map_flat_values(self.emb, rows)
        length = tf.cast(rows.row_lengths(), tf.float32)[:, None]
        mean = tf.math.divide_no_nan(tf.reduce_sum(vecs, axis=1), length)
        total = tf.sparse.reduce_sum(sparse_counts, axis=1, keepdims=True)
        share = tf.math.divide_no_nan(tf.sparse.to_dense(sparse_counts), total)
        return self.out(tf.concat([mean, self.wide(share)], axis=1))


model = TagModel()
opt = keras.optimizers.Adam(1e-2)
bce = keras.losses.BinaryCrossentropy(from_logits=True)

for epoch in range(6):
    order = rng.permutation(len(docs))
    losses = []
    for i in range(0, len(docs), 32):
        idx = order[i:i + 32]
        rows = tf.gather(tags, idx)
        sp = tf.sparse.from_dense(counts[idx])
        with tf.GradientTape() as tape:
            loss = bce(target[idx], model.logits(rows, sp))
        variables = model.trainable_variables
        opt.apply_gradients(zip(tape.gradient(loss, variables), variables))
        losses.append(float(loss))
    naive = tf.reduce_mean(tf.ragged.map_flat_values(model.emb, tags), axis=1).numpy()
    print(f"epoch {epoch} loss {np.mean(losses):.4f} empty documents {int(np.isnan(naive).any(1).sum())}")
# whynan: healthy
